import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { REPOSITORY } from '../../dev/launcher/folders';
import { textOf } from './readPage';

/** Every page that a person reads, relative to the repository. */
const PAGES = ['', 'docs'].flatMap((folder) =>
	readdirSync(path.join(REPOSITORY, folder))
		.filter((name) => name.endsWith('.md'))
		.map((name) => path.join(folder, name)),
);

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
	return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replace(/\s/g, '-'),
	);
}

/** What is wrong with a link of a page: nothing, if it leads out of the repository. */
function faultOf(page: string, link: string): string | undefined {
	if (/^[a-z]+:/.test(link)) return undefined;
	const [file = '', anchor] = link.split('#');
	const target = file === '' ? page : path.join(path.dirname(page), file);
	if (!existsSync(path.join(REPOSITORY, target)))
		return `${page} leads to ${target}, which is not there`;
	if (anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor))
		return undefined;
	return `${page} leads to "${anchor}" in ${target}, which has no such heading`;
}

it('the links of README and docs lead to what is there', () => {
	const links = PAGES.flatMap((page) =>
		[...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => ({ page, link })),
	);
	expect(links.length).toBeGreaterThan(50);
	expect(links.flatMap(({ page, link }) => faultOf(page, link) ?? [])).toEqual([]);
});

it('the README shows each example', () => {
	const readme = textOf('README.md');
	const examples = readdirSync(path.join(REPOSITORY, 'examples')).filter((name) =>
		name.endsWith('.json'),
	);
	expect(examples.filter((name) => !readme.includes(`(examples/${name})`))).toEqual([]);
});

it('the README is short enough to be read', () => {
	expect(textOf('README.md').split(/\s+/).length).toBeLessThanOrEqual(1500);
});
