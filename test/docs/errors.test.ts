import { errorPage } from '../../dev/docs/errorTable';
import { readPage } from './readPage';

it('docs/errors.md says what the code says; npm run docs brings it up to date', () => {
	expect(readPage('errors.md')).toBe(errorPage());
});

it('no message uses words that tell a person nothing', () => {
	expect(errorPage().replace(/^#.*$/gm, '')).not.toMatch(
		/\b(error|problem|failure|mistake|undefined|NaN|ECONN\w+)\b/,
	);
});

it('no message is read as Markdown', () => {
	const rows = errorPage()
		.split('\n')
		.filter((line) => line.startsWith('| '));
	expect(rows.filter((line) => /(?<!\\)[_*]|<(?!br>)/.test(line.replace(/\\</g, '')))).toEqual([]);
	expect(rows.join('\n')).toContain('\\_');
});
