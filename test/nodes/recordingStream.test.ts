import { PassThrough, Readable } from 'node:stream';
import { IncomingFile, LIMITS } from '../../nodes/LiveCall/operations/recording/incomingFile';

afterEach(() => jest.restoreAllMocks());

const anyBytes = () => true;

describe('the beginning of a file that cannot come', () => {
	const destroyed = () => new PassThrough().destroy();
	const failed = () => new PassThrough().on('error', () => {}).destroy(new Error('lost'));
	const closing = () => {
		const stream = new PassThrough();
		setImmediate(() => stream.destroy());
		return stream;
	};

	it.each<[string, () => Readable]>([
		['of a stream that is destroyed already', destroyed],
		['of a stream that has failed already', failed],
		['of a stream that closes without an error', closing],
	])('is none: %s', async (_, stream) => {
		const file = new IncomingFile(stream(), new AbortController(), undefined);
		// What has closed before says so no more.
		await new Promise(setImmediate);
		expect(await file.beginning(anyBytes)).toBeUndefined();
	});

	it('is none once the execution is canceled', async () => {
		const execution = new AbortController();
		const file = new IncomingFile(new PassThrough(), new AbortController(), execution.signal);
		const begins = file.beginning(anyBytes);
		execution.abort();
		expect(await begins).toBeUndefined();
		expect(file.failure).toEqual({ kind: 'canceled' });
	});

	it('is none in an execution that is canceled already', async () => {
		const file = new IncomingFile(new PassThrough(), new AbortController(), AbortSignal.abort());
		expect(await file.beginning(anyBytes)).toBeUndefined();
		expect(file.failure).toEqual({ kind: 'canceled' });
	});
});

it('an execution does not remember files that have come', async () => {
	const { signal } = new AbortController();
	const add = jest.spyOn(signal, 'addEventListener');
	const remove = jest.spyOn(signal, 'removeEventListener');
	for (let count = 0; count < 3; count++) {
		const stream = Readable.from([Buffer.from('RIFF')]);
		new IncomingFile(stream, new AbortController(), signal);
		for await (const bytes of stream) expect(bytes).toHaveLength(4);
	}
	await new Promise(setImmediate);
	expect(remove.mock.calls).toEqual(add.mock.calls);
	expect(remove).toHaveBeenCalledTimes(3);
});

describe.each<[string, (stream: Readable) => Promise<Buffer>]>([
	['reads', async (stream) => Buffer.concat(await stream.toArray())],
	[
		'listens, a while later',
		async (stream) => {
			await new Promise((resolve) => setTimeout(resolve, 20));
			const chunks: Buffer[] = [];
			stream.on('data', (bytes: Buffer) => chunks.push(bytes));
			return await new Promise((resolve, reject) => {
				stream.on('end', () => resolve(Buffer.concat(chunks)));
				stream.on('error', reject);
			});
		},
	],
	[
		'pipes',
		async (stream) => {
			const target = new PassThrough({ highWaterMark: 10 });
			stream.on('error', (error) => target.destroy(error));
			return Buffer.concat(await stream.pipe(target).toArray());
		},
	],
])('whoever %s gets', (_, take) => {
	const SENT = Array.from({ length: 100 }, (_each, at) => Buffer.alloc(10, at));
	const sent = Buffer.concat(SENT);

	async function opened(): Promise<IncomingFile> {
		const stream = new PassThrough({ highWaterMark: 50 });
		Readable.from(SENT).pipe(stream);
		const file = new IncomingFile(stream, new AbortController(), undefined);
		const begins = await file.beginning(({ length }) => length > 30);
		expect(begins?.equals(sent.subarray(0, begins.length))).toBe(true);
		file.countBytes();
		return file;
	}

	it('all bytes of a file that is as large as is received', async () => {
		jest.replaceProperty(LIMITS, 'bytes', sent.length);
		const file = await opened();
		expect((await take(file.stream)).equals(sent)).toBe(true);
		expect(file.failure).toBeUndefined();
	});

	it('an error for one that is larger', async () => {
		jest.replaceProperty(LIMITS, 'bytes', sent.length - 1);
		const file = await opened();
		await expect(take(file.stream)).rejects.toThrow('not received to its end');
		expect(file.failure).toEqual({ kind: 'unreadable', what: 'tooLarge' });
	});
});
