import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { config, devDependencies, scripts } from '../../package.json';

const REPOSITORY = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(REPOSITORY, file), 'utf8');

describe('the versions in package.json', () => {
	it('give the tests the engine of the n8n that is started', () => {
		expect(devDependencies['n8n-core']).toBe(config.n8n);
	});

	it('are what .nvmrc and the README say', () => {
		expect(read('.nvmrc').trim()).toBe(config.node.split('.')[0]);
		const compatibility = read('README.md').split('## Compatibility')[1].split('\n## ')[0];
		expect(compatibility).toContain(`n8n ${config.n8n}`);
		expect(compatibility).toContain(config.n8nOldest);
	});
});

it.each(Object.entries(scripts))('npm run %s works in every shell', (_, script) => {
	expect(script).not.toMatch(/(^|\s)\w+=|[$'"`;|\\*]/);
});

it('GitHub runs actions of others at the very commit that was looked at', () => {
	const files = readdirSync(path.join(REPOSITORY, '.github'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.yml'))
		.map((file) => read(path.join('.github', file)));
	const uses = files.flatMap((text) => text.match(/uses: [^.\s].*/g) ?? []);
	expect(uses.length).toBeGreaterThan(0);
	for (const use of uses) expect(use).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
