import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../../launcher/command';
import { at, listAt, parseJson, type Json } from '../../json';
import { alternate, atMost, shown, type BenchCase, type Row } from '../case';
import { median } from '../statistics';

/** A process takes a tenth of a second, so that many can be had: how many for each round. */
const PROCESSES_PER_ROUND = 9;

const LIMIT_KB = 80;

const OURS = 'this package';
const THEIRS = 'Twilio';

const TWILIO_FILES = [
	'nodes/Twilio/Twilio.node.js',
	'nodes/Twilio/TwilioTrigger.node.js',
	'credentials/TwilioApi.credentials.js',
];

/** What loading once took, and what there was to load. */
interface Loaded {
	ms: number;
	modules: number;
	kilobytes: number;
}

/** Requiring the package, and its size. */
export const loading: BenchCase = {
	name: 'loading',
	run: async (context): Promise<Row> => {
		const { world, rounds } = context;
		const modules = path.resolve(path.dirname(world.runtime.n8n), '../..');
		const manifest = parseJson(
			await readFile(path.join(world.packageFolder, 'package.json'), 'utf8'),
		);
		const files = [...listAt(manifest, 'n8n', 'nodes'), ...listAt(manifest, 'n8n', 'credentials')];
		const load = async (folder: string, names: string[]): Promise<Loaded> => {
			const times: number[] = [];
			let last: Json = null;
			for (let process = 0; process < PROCESSES_PER_ROUND; process++) {
				const printed = await run(
					world.runtime.node,
					[
						path.join(__dirname, '..', 'loadOnce.js'),
						...names.map((name) => path.join(folder, name)),
					],
					// n8n itself lets community packages find its own modules in this way.
					{ cwd: folder, env: { NODE_PATH: modules } },
				);
				last = parseJson(printed);
				times.push(Number(at(last, 'ms')));
			}
			return {
				ms: median(times),
				modules: Number(at(last, 'modules')),
				kilobytes: Number(at(last, 'bytes')) / 1000,
			};
		};
		const results = await alternate(context, 'requiring the package', {
			[OURS]: async () => await load(world.packageFolder, files.map(String)),
			[THEIRS]: async () => await load(path.join(modules, 'n8n-nodes-base', 'dist'), TWILIO_FILES),
		});
		const ms = (who: string) => median(results[who].map((loaded) => loaded.ms));
		const ratio = ms(OURS) / ms(THEIRS);
		const size = (who: string) => {
			const { modules: count, kilobytes: sum } = results[who][0];
			return `${count} modules of ${shown(sum)} kB in all`;
		};
		const perKilobyte = (who: string) => (ms(who) * 1000) / results[who][0].kilobytes;
		const kilobytes = (await stat(world.packageFile)).size / 1000;
		return {
			work: 'loading the package in n8n',
			beside: "n8n's Twilio node, trigger and credential",
			target: `≤ 1.0 × time to require; < ${LIMIT_KB} kB packed`,
			ours: `${shown(ms(OURS))} ms, ${shown(kilobytes)} kB`,
			theirs: `${shown(ms(THEIRS))} ms`,
			ratio: `${shown(ratio)} ×`,
			sockets: '–',
			rss: '–',
			checks: [
				atMost('time', ratio, 1.0, '×'),
				{
					found: `${shown(kilobytes)} kB packed`,
					bound: `< ${LIMIT_KB} kB`,
					met: kilobytes < LIMIT_KB,
				},
			],
			rounds: [OURS, THEIRS].map((who) => ({
				who,
				what: `ms (median of ${PROCESSES_PER_ROUND} processes)`,
				values: results[who].map((loaded) => loaded.ms),
				digits: 2,
			})),
			notes: [
				`Each of the ${rounds * PROCESSES_PER_ROUND} processes requires ${files.length} files (Twilio: ${TWILIO_FILES.length}) and makes one of each class, with n8n-workflow loaded before.`,
				`Per kB of code: ${shown(perKilobyte(OURS))} µs against ${shown(perKilobyte(THEIRS))} µs. Twelve operations, their panel and the trigger's pipeline are more code than Twilio's two operations; n8n does this once, as it starts.`,
				`What is read, compiled and run meanwhile: ${OURS} ${size(OURS)}, ${THEIRS} ${size(THEIRS)}.`,
			],
		};
	},
};
