import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runNpm } from '../../dev/launcher/command';
import { n8n } from '../../package.json';

const REPOSITORY = path.resolve(__dirname, '../..');

let packed: string[];
beforeAll(async () => {
	const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
	const output = await runNpm(process.execPath, args, { cwd: REPOSITORY });
	const [{ files }]: Array<{ files: Array<{ path: string }> }> = JSON.parse(output);
	packed = files.map((file) => file.path);
}, 60_000);

/** The files below a folder of the repository, relative to the repository, with slashes. */
function filesIn(folder: string, ending: string): string[] {
	return readdirSync(path.join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith(ending))
		.map((file) => [folder, ...file.split(path.sep)].join('/'));
}

describe('the package that is published', () => {
	it('holds what n8n loads, and what a person reads, and nothing else', () => {
		const outside = packed.filter((file) => !file.startsWith('dist/'));
		expect(outside.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
		const kinds = new Set(
			packed.filter((file) => file.startsWith('dist/')).map((file) => path.extname(file)),
		);
		expect([...kinds].sort()).toEqual(['.js', '.json', '.svg']);
		expect(
			packed.filter((file) => !/^dist\/(nodes|credentials|icons)\/|^[^/]+$/.test(file)),
		).toEqual([]);
	});

	it('holds every node and credential that package.json names', () => {
		expect([...n8n.nodes, ...n8n.credentials]).toHaveLength(3);
		for (const file of [...n8n.nodes, ...n8n.credentials]) expect(packed).toContain(file);
	});

	it.each([
		['codex file', 'nodes', '.node.json'],
		['icon', 'icons', '.svg'],
	])('holds every %s', (_, folder, ending) => {
		const files = filesIn(folder, ending);
		expect(files).toHaveLength(2);
		for (const file of files) expect(packed).toContain(`dist/${file}`);
	});

	it('holds every preview of an output, as it is in the source', () => {
		for (const file of filesIn('nodes', '.json').filter((name) => name.includes('/__schema__/'))) {
			expect(packed).toContain(`dist/${file}`);
			const read = (name: string): unknown =>
				JSON.parse(readFileSync(path.join(REPOSITORY, name), 'utf8'));
			expect(read(`dist/${file}`)).toEqual(read(file));
		}
	});

	it('has one compiled file for each source file', () => {
		const sources = [...filesIn('nodes', '.ts'), ...filesIn('credentials', '.ts')];
		const compiled = packed.filter((file) => file.endsWith('.js'));
		expect(compiled.sort()).toEqual(
			sources.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`).sort(),
		);
	});

	it('asks for nothing to be installed with it', () => {
		const manifest: unknown = JSON.parse(
			readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'),
		);
		expect(manifest).not.toHaveProperty('dependencies');
		expect(manifest).toHaveProperty('peerDependencies', { 'n8n-workflow': '*' });
	});
});

it('is not published from a laptop: npm publish runs the check, and that says how to', async () => {
	const env = { ...process.env, RELEASE_MODE: undefined };
	const publishing = runNpm(process.execPath, ['publish', '--dry-run', '--ignore-scripts=false'], {
		cwd: REPOSITORY,
		env,
	});
	await expect(publishing).rejects.toThrow('npm run release');
}, 60_000);
