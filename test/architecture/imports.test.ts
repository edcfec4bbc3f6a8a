import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');
const NODES = path.join(REPOSITORY, 'nodes');

/** Each TypeScript file in `nodes/` with the files there that it imports, as paths below `nodes/`. */
function importsOfFiles(): Map<string, string[]> {
	const files = readdirSync(NODES, { recursive: true, encoding: 'utf8' }).filter((file) =>
		file.endsWith('.ts'),
	);
	return new Map(files.map((file) => [file, importsOf(file, new Set(files))]));
}

function importsOf(file: string, files: Set<string>): string[] {
	const source = readFileSync(path.join(NODES, file), 'utf8');
	const relative = [...source.matchAll(/ from '(\.[^']*)'/g)].map(([, module]) =>
		path.join(path.dirname(file), module),
	);
	return relative.map((module) => {
		const found = [`${module}.ts`, path.join(module, 'index.ts')].find((name) => files.has(name));
		if (found === undefined) throw new Error(`${file} imports ${module}, which is not in nodes/`);
		return found;
	});
}

/** The folders and files that ARCHITECTURE.md draws, from top to bottom, as paths below `nodes/`. */
function drawnLayers(): string[] {
	const page = readFileSync(path.join(REPOSITORY, 'ARCHITECTURE.md'), 'utf8');
	const [, drawing = ''] = /```\n([^`]*)```/.exec(page) ?? [];
	let top = '';
	return drawing.split('\n').flatMap((line) => {
		const [, indent = '', name] = /^( *)(\S+?)\/?(?: |$)/.exec(line) ?? [];
		if (name === undefined) return [];
		if (indent === '') top = path.relative('nodes', name);
		return [indent === '' ? top : path.join(top, name)];
	});
}

/** The place of a file in the drawing: that of the longest path that leads to it; `*.ts` are the files of a folder itself. */
function layerOf(file: string, layers: string[]): number {
	const isLeading = (layer: string) =>
		path.basename(layer) === '*.ts'
			? path.dirname(layer) === path.dirname(file)
			: file === layer || file.startsWith(`${layer}${path.sep}`);
	const [longest] = layers.filter(isLeading).sort((one, other) => other.length - one.length);
	return layers.indexOf(longest);
}

/** A chain of files that leads back to its first; `undefined` where there is none. */
function circleIn(imports: Map<string, string[]>): string[] | undefined {
	const done = new Set<string>();
	const walk = (file: string, trail: string[]): string[] | undefined => {
		if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
		if (done.has(file)) return undefined;
		for (const next of imports.get(file) ?? []) {
			const circle = walk(next, [...trail, file]);
			if (circle) return circle;
		}
		done.add(file);
		return undefined;
	};
	for (const file of imports.keys()) {
		const circle = walk(file, []);
		if (circle) return circle;
	}
	return undefined;
}

describe('the imports in nodes/', () => {
	const imports = importsOfFiles();

	it('run in no circle', () => {
		expect(circleIn(imports)).toBeUndefined();
	});

	it('run down only, in the order that ARCHITECTURE.md draws', () => {
		const layers = drawnLayers();
		expect(layers).toContain(path.join('LiveCall', 'operations'));
		const upward = [...imports].flatMap(([file, targets]) =>
			targets
				.filter((target) => layerOf(target, layers) < layerOf(file, layers))
				.map((target) => `${file} -> ${target}`),
		);
		expect(upward).toEqual([]);
	});
});
