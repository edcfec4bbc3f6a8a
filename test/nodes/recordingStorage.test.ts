import { randomBytes } from 'node:crypto';
import { LIMITS } from '../../nodes/LiveCall/operations/recording/incomingFile';
import { BinaryFiles } from '../support/binaryFiles';
import {
	encodedFile,
	file,
	FileHost,
	halfOf,
	withoutEnd,
	type Encoding,
	type FileAnswer,
} from '../support/fileHost';
import { linkTo, withOwnHosts } from '../support/recordingHosts';
import { isN8n1, sharedWorld } from '../support/world';

const SOUND = randomBytes(40_000);
/** Encoded, it is a thousand times smaller. */
const ZEROS = Buffer.alloc(1_000_000);
const ENCODINGS: Encoding[] = ['identity', 'gzip', 'br', 'deflate'];

const world = sharedWorld();
const host = new FileHost();
let files: BinaryFiles;
beforeAll(async () => {
	await host.start();
	files = await BinaryFiles.start();
}, 30_000);
beforeEach(() => linkTo({ world, host }));
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
	files.stop();
	await host.stop();
});

const download = async () =>
	await world.run('recording.download', {
		callId: 7,
		options: { maxRetries: 1, requestTimeout: 20 },
	});

/** What n8n has kept for the first item; expects it to be a file. */
async function keptFile({ output }: Awaited<ReturnType<typeof download>>): Promise<Buffer> {
	const binary = output[0]?.binary?.data;
	expect(binary?.id).toMatch(/^filesystem/);
	return await files.service.getAsBuffer(binary ?? { mimeType: '', data: '' });
}

it.each(ENCODINGS)(
	'a recording is kept as a file, as it was before it was encoded: %s',
	async (encoding) => {
		host.answers(encodedFile(SOUND, encoding));
		const kept = await keptFile(await download());
		expect(kept.equals(SOUND)).toBe(true);
	},
);

it.concurrent.each(
	ENCODINGS.flatMap((encoding) =>
		(['close', 'reset', 'nothing'] as const).map((then) => [encoding, then] as const),
	),
)(
	'of a recording that breaks off no part is left behind: %s, then %s',
	async (encoding, then) =>
		await withOwnHosts(async (hosts) => {
			const parameters = (maxRetries: number) => ({
				callId: 7,
				options: { maxRetries, requestTimeout: then === 'nothing' ? 2 : 20 },
			});
			const executionId = `${encoding}-${then}`;
			hosts.host.answers(halfOf(SOUND, encoding, then));
			const broken = await hosts.world.run('recording.download', parameters(0), { executionId });
			expect(broken.error.message).toContain('broke off');
			// n8n 1.x leaves parts in the folder of the execution, which it removes with the execution.
			if (!isN8n1) expect(files.list(executionId)).toEqual([]);

			hosts.host.answers(halfOf(SOUND, encoding, then), file(SOUND));
			const whole = await hosts.world.run('recording.download', parameters(1), { executionId });
			expect(whole.failed).toBe(false);
			if (!isN8n1) expect(files.list(executionId)).toHaveLength(1);
		}),
);

describe('a recording without an end', () => {
	it.each<[string, Partial<typeof LIMITS>, FileAnswer, string]>([
		['more bytes', { bytes: 200 }, withoutEnd('identity'), 'sent more than 2 GiB'],
		['more bytes once decoded', { bytes: 500_000 }, encodedFile(ZEROS, 'gzip'), 'more than 2 GiB'],
		['more time', { ms: 300 }, withoutEnd('identity'), 'still sending the recording after an hour'],
		['more time, of no bytes', { ms: 300 }, withoutEnd('gzip'), 'after an hour'],
	])('is ended, and no part is kept: %s', async (_, limits, answer, shown) => {
		for (const [name, value] of Object.entries(limits))
			jest.replaceProperty(LIMITS, name === 'ms' ? 'ms' : 'bytes', value);
		const before = files.list();
		host.answers(answer);
		const { error } = await download();
		expect(error.message).toContain(`LiveCall's download host`);
		expect(error.message).toContain(shown);
		expect(error.message).toContain('no file was kept');
		expect(error.description).toContain('Listen to it in LiveCall');
		expect(host.requests).toHaveLength(1);
		if (!isN8n1) expect(files.list()).toEqual(before);
	});

	it('is kept where it is just within what is received', async () => {
		jest.replaceProperty(LIMITS, 'bytes', ZEROS.length);
		host.answers(encodedFile(ZEROS, 'gzip'));
		expect((await keptFile(await download())).equals(ZEROS)).toBe(true);
	});
});

it('of an empty recording nothing is left behind', async () => {
	const before = files.list();
	host.answers((response) => response.writeHead(200, { 'Content-Type': 'audio/mpeg' }).end());
	expect((await download()).error.message).toContain('has no file');
	expect(files.list()).toEqual(before);
});

it.each([
	['ENOSPC: no space left on device, write', true],
	['file size (600 MB) exceeds the maximum allowed size (512 MB)', true],
	['failed on https://storage.invalid/key?signature=abc', false],
])("where n8n cannot keep the file, that is n8n's: %s", async (message, isTold) => {
	host.answers(file(SOUND));
	jest.spyOn(files.service, 'store').mockRejectedValue(new Error(message));
	const { error } = await download();
	expect(error.message).toContain('n8n could not store the recording of call "7"');
	expect(error.message.includes(message)).toBe(isTold);
	expect(host.requests).toHaveLength(1);
});
