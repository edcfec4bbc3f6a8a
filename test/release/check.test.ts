import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { obstaclesTo } from '../../dev/release/check';
import { version } from '../../package.json';

const changelog = [
	'# Changelog',
	'',
	'## 0.2.0 (2026-12-01)',
	'',
	'Second.',
	'',
	'## 0.1.10',
	'',
	'## 0.1.0',
	'',
	'The first version.',
].join('\n');

describe('a release', () => {
	it.each([
		['of the newest version', '0.2.0'],
		['of an older one', '0.1.0'],
	])('%s may be published', (_, wanted) => {
		expect(obstaclesTo({ version: wanted, changelog, tag: wanted })).toEqual([]);
	});

	it('needs no tag as long as none is made', () => {
		expect(obstaclesTo({ version: '0.2.0', changelog })).toEqual([]);
	});

	it('may have a changelog with the line ends of Windows', () => {
		const windows = changelog.replaceAll('\n', '\r\n');
		expect(obstaclesTo({ version: '0.2.0', changelog: windows })).toEqual([]);
	});

	it.each([
		['of which the changelog does not speak', '0.3.0', '## 0.3.0'],
		['whose heading has nothing below it', '0.1.10', '## 0.1.10'],
		['that only begins like one in the changelog', '0.1.1', '## 0.1.1'],
	])('%s is not published', (_, wanted, said) => {
		expect(obstaclesTo({ version: wanted, changelog, tag: wanted })).toEqual([
			expect.stringContaining(said),
		]);
	});

	it.each(['v0.2.0', '0.2.1', 'main', ''])('with the tag "%s" is not published', (tag) => {
		expect(obstaclesTo({ version: '0.2.0', changelog, tag })).toEqual([
			expect.stringContaining(`The tag is "${tag}"`),
		]);
	});

	it.each(['minor', '1.2', '1.2.3.4', '^1.2.3', ''])('"%s" is no version', (wanted) => {
		expect(obstaclesTo({ version: wanted, changelog })).toEqual([
			expect.stringContaining('no version'),
		]);
	});

	it('names every obstacle', () => {
		expect(obstaclesTo({ version: '0.3.0', changelog, tag: 'v0.3.0' })).toHaveLength(2);
	});

	it('is published under any version that has its heading, and under no other', () => {
		const anyVersion = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.'));
		fc.assert(
			fc.property(anyVersion, anyVersion, (written, wanted) => {
				const text = `# Changelog\n\n## ${written}\n\nText.\n`;
				const obstacles = obstaclesTo({ version: wanted, changelog: text, tag: wanted });
				expect(obstacles).toHaveLength(written === wanted ? 0 : 1);
			}),
		);
	});

	it('is possible with the changelog that is there', () => {
		const text = readFileSync(path.join(__dirname, '../../CHANGELOG.md'), 'utf8');
		expect(obstaclesTo({ version, changelog: text })).toEqual([]);
	});
});
