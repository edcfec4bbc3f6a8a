import { randomBytes } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import zlib from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';
import { poll } from '../../dev/launcher/poll';
import {
	encodedFile,
	file,
	FileHost,
	halfOf,
	inPieces,
	status,
	type Encoding,
	type FileAnswer,
} from '../support/fileHost';
import {
	linkTo,
	LINK_TOKEN as TOKEN,
	withOwnHosts,
	type RecordingHosts,
} from '../support/recordingHosts';
import { CONTINUES, isN8n1, jsons, SECRETS, sharedWorld } from '../support/world';

/** As sound is: it gets no smaller by being encoded. */
const SOUND = randomBytes(40_000);
const ENCODINGS: Encoding[] = ['identity', 'gzip', 'br', 'deflate'];

const world = sharedWorld();
const host = new FileHost();
beforeAll(async () => await host.start());
beforeEach(() => linkTo({ world, host }));
afterAll(() => host.stop());

async function download(options: INodeParameters = {}, hosts: RecordingHosts = { world, host }) {
	const result = await hosts.world.run('recording.download', {
		callId: 7,
		options: { maxRetries: 1, ...options },
	});
	for (const secret of [TOKEN, hosts.host.url, SECRETS.apiKey])
		expect(result.stored).not.toContain(secret);
	return result;
}

const bytesOf = ({ output }: Awaited<ReturnType<typeof download>>) =>
	Buffer.from(output[0]?.binary?.data.data ?? '', 'base64');

describe('a recording that comes whole', () => {
	it.each(ENCODINGS)('is kept as it was before it was encoded: %s', async (encoding) => {
		host.answers(encodedFile(SOUND, encoding));
		expect(bytesOf(await download()).equals(SOUND)).toBe(true);
		expect(host.requests).toHaveLength(1);
	});

	it('is kept under its own name, beside others that come at the same time', async () => {
		const name = (url = '') => /\/(\d+)/.exec(url)?.[1];
		host.answers((response, request) => {
			const headers = {
				'Content-Disposition': `attachment; filename="call ${name(request.url)}.mp3"`,
			};
			// The later, the sooner it is answered.
			setTimeout(
				() => file(SOUND, headers)(response, request),
				60 - 10 * Number(name(request.url)),
			);
		});
		world.sandbox.faults.decide(({ path }) => {
			const id = /calls\/(\d+)/.exec(path)?.[1];
			const body = { recording: { id, call_id: id, url: `${host.url}/${id}` } };
			return { kind: 'status', status: 200, body };
		});
		const ids = ['1', '2', '3', '4', '5'];
		const result = await world.run(
			'recording.download',
			{ callId: '={{ $json.id }}' },
			{ items: ids.map((id) => ({ id })) },
		);
		expect(result.output.map(({ binary }) => binary?.data.fileName)).toEqual(
			ids.map((id) => `call ${id}.mp3`),
		);
	});

	it.each<[string, string, string, string]>([
		['attachment; filename="Gespräch.mp3"', 'audio/mpeg', 'Gespräch.mp3', 'audio/mpeg'],
		['attachment; filename=my call 7.mp3', 'audio/mpeg', 'my call 7.mp3', 'audio/mpeg'],
		['attachment; filename="cut.mp3', 'audio/mpeg', 'cut.mp3', 'audio/mpeg'],
		["attachment; filename*=klingon''%E4", 'mp3', 'call-7', 'application/octet-stream'],
		[';;=;"', 'application/octet-stream', 'call-7', 'application/octet-stream'],
		['inline; filename="call.wav"', 'binary/octet-stream', 'call.wav', 'audio/wav'],
		['', 'audio/mpeg; charset=klingon; =', 'call-7.mp3', 'audio/mpeg'],
		['', '', 'call-7', 'application/octet-stream'],
	])(
		'is named and typed whatever the header: %j, %j',
		async (disposition, type, name, mimeType) => {
			const latin1 = Buffer.from(disposition).toString('latin1');
			host.answers(file(SOUND, { 'Content-Disposition': latin1, 'Content-Type': type }));
			const { output, error } = await download();
			expect([error.message, output[0]?.binary?.data]).toMatchObject([
				expect.any(String),
				{ fileName: name, mimeType },
			]);
		},
	);

	it('is kept however slowly it comes, as long as it comes', async () => {
		host.answers((response) => {
			response.writeHead(200, { 'Content-Type': 'audio/mpeg', 'Content-Length': 20 });
			let sent = 0;
			const timer = setInterval(() => {
				response.write('x');
				if (++sent === 20) clearInterval(timer);
			}, 40);
		});
		expect(bytesOf(await download({ requestTimeout: 0.4 }))).toHaveLength(20);
		expect(host.requests).toHaveLength(1);
	});
});

describe('a recording that breaks off', () => {
	const broken: Array<[string, FileAnswer]> = [
		...ENCODINGS.flatMap(
			(encoding): Array<[string, FileAnswer]> => [
				[`${encoding}, closed`, halfOf(SOUND, encoding, 'close')],
				[`${encoding}, reset`, halfOf(SOUND, encoding, 'reset')],
				[`${encoding}, silent`, halfOf(SOUND, encoding, 'nothing')],
			],
		),
		['of no known length', halfOf(SOUND, 'identity', 'close', { isAnnounced: false })],
	];

	it.concurrent.each(broken)(
		'is fetched again as a whole, with a fresh link: %s',
		async (_, answer) =>
			await withOwnHosts(async (hosts) => {
				hosts.host.answers(answer, file(SOUND));
				const result = await download({ requestTimeout: 2 }, hosts);
				expect(bytesOf(result).equals(SOUND)).toBe(true);
				expect(hosts.host.requests).toHaveLength(2);
				expect(hosts.world.asked()).toHaveLength(2);
			}),
	);

	it.concurrent.each(broken)(
		'is given up after so many tries: %s',
		async (_, answer) =>
			await withOwnHosts(async (hosts) => {
				hosts.host.answers(answer);
				const result = await download({ requestTimeout: 2, maxRetries: 2 }, hosts);
				expect(result.error.message).toBe(
					"LiveCall's download host broke off before the end of the recording, and no file was kept (tried 3 times)",
				);
				expect(result.error.description).toContain('Trying again is safe');
				expect(result.output).toEqual([]);
				expect(hosts.host.requests).toHaveLength(3);
			}),
	);
});

describe('what is no recording', () => {
	it.each<[string, FileAnswer, string]>([
		['a page', file(SOUND, { 'Content-Type': 'text/html; charset=utf-8' }), 'text/html'],
		['an XHTML page', file(SOUND, { 'Content-Type': 'application/xhtml+xml' }), 'xhtml'],
		['text', file(SOUND, { 'Content-Type': 'text/plain' }), 'text/plain'],
		['XML', file(SOUND, { 'Content-Type': 'text/xml' }), 'text/xml'],
		['XML as data', file(SOUND, { 'Content-Type': 'application/xml' }), 'application/xml'],
		['JSON', file(SOUND, { 'Content-Type': 'application/json' }), 'application/json'],
		['lines of JSON', file(SOUND, { 'Content-Type': 'application/x-ndjson' }), 'x-ndjson'],
		['a script', file(SOUND, { 'Content-Type': 'application/javascript' }), 'javascript'],
		['JSON:API', file(SOUND, { 'Content-Type': 'application/vnd.api+json' }), 'json'],
		['a picture', file(SOUND, { 'Content-Type': 'image/png' }), 'image/png'],
		['a token', file(SOUND, { 'Content-Type': 'text/eyJhbGci.abc.def' }), 'text/***'],
		['a list of files', file(SOUND, { 'Content-Type': 'audio/x-mpegurl' }), 'mpegurl'],
	])('is turned away: %s', async (_, answer, shown) => {
		host.answers(answer);
		const { error } = await download();
		expect(error.message).toContain("LiveCall's download host answered with");
		expect(error.message).toContain(shown);
		expect(error.message).toContain('instead of a recording');
		expect(host.requests).toHaveLength(1);
	});

	const BLANKS = '\r\n\t '.repeat(200);
	it.each<[string, string | Buffer, string]>([
		['a login page', '<!DOCTYPE html><title>Sign in</title>', 'a web page or XML'],
		['a page without a doctype', '<html><body>Not here</body></html>', 'a web page or XML'],
		['XML', '<?xml version="1.0"?><Error><Code>Expired</Code></Error>', 'a web page or XML'],
		['a page behind blanks', `${BLANKS}<Body>`, 'a web page or XML'],
		['a page behind a byte order mark', '\ufeff \n<html>', 'a web page or XML'],
		[
			'XML in UTF-16',
			Buffer.from('\ufeff\r\n<?xml version="1.0"?>', 'utf16le'),
			'a web page or XML',
		],
		[
			'XML in UTF-16 the other way round',
			Buffer.from('\ufeff<Error>', 'utf16le').swap16(),
			'a web page or XML',
		],
		['JSON', '{"error": "expired"}', 'JSON'],
		['JSON in lines', ' {\n  "error": "expired"\n}', 'JSON'],
		['a list in JSON', '\ufeff[{"error": "expired"}]', 'JSON'],
	])('is turned away by its first bytes, whatever type it has: %s', async (_, body, shown) => {
		const bytes = Buffer.from(body);
		for (const type of ['audio/mpeg', 'application/octet-stream', '']) {
			host.answers(file(bytes, { 'Content-Type': type }));
			const { error, output } = await download();
			expect([type, error.message]).toEqual([
				type,
				`LiveCall's download host answered with ${shown} instead of a recording`,
			]);
			expect(output).toEqual([]);
			expect(host.requests).toHaveLength(1);
		}
		host.answers(inPieces([...bytes].map((_byte, at) => bytes.subarray(at, at + 1))));
		expect((await download()).error.message).toContain(shown);
	});

	it.each<[string, Buffer]>([
		['a frame of MPEG layer I', Buffer.from([0xff, 0xfe, 0x3c, 0x61, 0x68, 0x74, 0x6d])],
		['a number', Buffer.from('<3 hearts')],
		['a bracket', Buffer.from('{ sound }')],
		['one byte', Buffer.from('x')],
		['blanks without an end', Buffer.alloc(200_000, ' ')],
	])('is not what only begins a little like text: %s', async (_, bytes) => {
		host.answers(file(bytes));
		expect(bytesOf(await download()).equals(bytes)).toBe(true);
		host.answers(inPieces([bytes.subarray(0, 1), bytes.subarray(1)]));
		expect(bytesOf(await download()).equals(bytes)).toBe(true);
	});

	it.each<[string, FileAnswer]>([
		[
			'206 with a range',
			file(SOUND.subarray(0, 1000), { 'Content-Range': 'bytes 0-999/40000' }, 206),
		],
		['206 without one', file(SOUND.subarray(0, 1000), {}, 206)],
		['206 in several parts', file(SOUND, { 'Content-Type': 'multipart/byteranges' }, 206)],
	])('is turned away: a part, as %s', async (_, answer) => {
		host.answers(answer);
		const { error } = await download();
		expect(error.message).toContain('only a part of the recording');
		expect(host.requests).toHaveLength(1);
	});

	it.each(['gzip, zstd', 'compress, unknown'])(
		'is turned away: bytes that nobody can decode, as %s',
		async (encoding) => {
			host.answers(file(SOUND, { 'Content-Encoding': encoding }));
			const { error } = await download();
			expect(error.message).toContain('encoded in a way that n8n cannot read');
		},
	);

	it('is turned away, or decoded where this Node.js can: zstd', async () => {
		// From Node.js 22.15 on; axios then decodes it, too.
		const compress = 'zstdCompressSync' in zlib ? zlib.zstdCompressSync : undefined;
		const sent = typeof compress === 'function' ? compress(SOUND) : SOUND;
		host.answers(file(sent, { 'Content-Encoding': 'zstd' }));
		const result = await download();
		if (result.failed) expect(result.error.message).toContain('that n8n cannot read (zstd)');
		else expect(bytesOf(result).equals(SOUND)).toBe(true);
	});

	it.each(['identity', 'aws-chunked', 'utf-8'])(
		'is not what only claims to be encoded: %s',
		async (encoding) => {
			host.answers(file(SOUND, { 'Content-Encoding': encoding }));
			expect(bytesOf(await download()).equals(SOUND)).toBe(true);
		},
	);

	it.each<[string, FileAnswer]>([
		['a file of no bytes', file(Buffer.alloc(0))],
		['a file of blanks', file(Buffer.from('\r\n'))],
		[
			'no bytes, and no length',
			(response) => response.writeHead(200, { 'Content-Type': 'audio/mpeg' }).end(),
		],
		['204', status(204)],
		['202', status(202)],
	])('is turned away: %s', async (_, answer) => {
		host.answers(answer);
		const { error } = await download();
		expect(error.message).toBe(
			'LiveCall\'s download host has no file of the recording of call "7" yet, or an empty one',
		);
		expect(error.description).toContain('"Wait for Recording"');
		expect(host.requests).toHaveLength(1);
	});
});

describe('a body that is of no use', () => {
	it.each([404, 206, 503])('is not received to its end: status %s', async (code) => {
		const closed: boolean[] = [];
		host.answers((response) => {
			response.on('close', () => closed.push(true));
			response.writeHead(code, { 'Content-Type': 'audio/mpeg' });
			// It never ends by itself.
			response.write(SOUND);
		});
		expect((await download({ maxRetries: 0 })).failed).toBe(true);
		const ended = () => (closed.length === host.requests.length ? true : undefined);
		await poll(async () => ended(), { what: 'the end of the bodies', timeoutMs: 5_000 });
	});
});

it.each<[string, Buffer]>([
	['before its first byte', Buffer.alloc(0)],
	['on its way', SOUND],
])('a download that is canceled %s is told as that', async (_, sent) => {
	let cancel = () => {};
	host.answers((response) => {
		response.writeHead(200, { 'Content-Type': 'audio/mpeg' });
		response.flushHeaders();
		response.write(sent);
		setTimeout(() => cancel(), 100);
	});
	const result = await world.run(
		'recording.download',
		{ callId: 7 },
		{ onStart: (stop) => (cancel = stop) },
	);
	expect(result.error.message).toContain('canceled while LiveCall was being asked');
});

describe('redirects', () => {
	const to =
		(location: string, code: number): FileAnswer =>
		(response) =>
			response.writeHead(code, { Location: location }).end();

	it.each([301, 302, 307])('lead to the file, without anything of ours: %s', async (code) => {
		const other = await new FileHost().start();
		other.answers(file(SOUND));
		host.answers(to(`${other.url}/stored/7.mp3?signature=abc`, code));
		const result = await download();
		other.stop();
		expect(bytesOf(result).equals(SOUND)).toBe(true);
		expect(result.stored).not.toContain('signature=abc');
		expect(other.requests).toHaveLength(1);
		const { headers } = other.requests[0];
		expect(Object.keys(headers).filter((name) => /auth|cookie|token/.test(name))).toEqual([]);
	});

	it.each([301, 302, 307, 308])('without an end are not followed for long: %s', async (code) => {
		host.answers(to(`${host.url}/again`, code));
		const { error } = await download({ maxRetries: 3 });
		expect(error.message).toContain('from one address to the next');
		// n8n 1.x takes no limit of ours: it follows 21.
		expect(host.requests).toHaveLength(isN8n1 ? 22 : 6);
		expect(world.asked()).toHaveLength(1);
	});
});

it.each<[string, OutgoingHttpHeaders, string]>([
	['a type', { 'Content-Type': `text/html; of=${TOKEN}` }, 'answered with text/html instead'],
	[
		'a long type',
		{ 'Content-Type': `text/plain;${' a=b;'.repeat(999)}` },
		'with text/plain instead',
	],
	['an encoding', { 'Content-Encoding': `zstd, ${TOKEN}` }, 'cannot read (zstd)'],
])('what the host says of its answer is told in a word: %s', async (_, headers, shown) => {
	host.answers(file(SOUND, headers));
	const { error } = await download();
	expect(error.message).toContain(shown);
	expect(error.message.length).toBeLessThan(150);
});

describe('a link that the host refuses', () => {
	const CODES = [400, 401, 402, 403, 404, 405, 409, 410, 416, 422, 451];

	it.each(CODES)('is renewed once: %s', async (code) => {
		host.answers(status(code), file(SOUND));
		expect(bytesOf(await download({ maxRetries: 0 })).equals(SOUND)).toBe(true);
		expect(world.asked()).toHaveLength(2);
	});

	it.each(CODES)("is told as the host's refusal when it is refused again: %s", async (code) => {
		host.answers(status(code));
		const { error } = await download({ maxRetries: 3 });
		expect(error.message).toBe(
			`LiveCall's download host refused the link to the recording of call "7", and a fresh link too (status ${code})`,
		);
		expect(error.description).not.toMatch(/fields|API key/i);
		expect(host.requests).toHaveLength(2);
	});

	it.each([408, 429, 500, 503])('is no refusal, but tried again: %s', async (code) => {
		host.answers(status(code), status(code), file(SOUND));
		expect((await download({ maxRetries: 2 })).failed).toBe(false);
	});

	it.each([429, 503])(
		'is told with the wait that the host asks for, as its own: %s',
		async (code) => {
			host.answers(status(code, { 'Retry-After': '40' }));
			const { error } = await download();
			expect(error.description).toMatch(/^LiveCall's download host asked to wait 40 seconds; /);
			expect(host.requests).toHaveLength(1);
		},
	);

	it.each([408, 429, 500, 503])("is told as the host's trouble: %s", async (code) => {
		host.answers(status(code));
		const { error } = await download();
		expect(error.message).toMatch(/^LiveCall's download host /);
		expect(error.message).toContain('(tried 2 times)');
		expect(error.description).not.toMatch(/API key|Base URL/);
	});

	it("is told as a proxy's where a proxy asks for a login", async () => {
		host.answers(status(407, { 'Proxy-Authenticate': 'Basic' }));
		const { error } = await download();
		expect(error.message).toContain('proxy');
		expect(error.message).not.toContain('LiveCall refused');
		expect(host.requests).toHaveLength(1);
	});
});

describe('waiting for a recording', () => {
	it('goes on while there is no link or no file yet, whatever form that has', async () => {
		const link = (id: string) => ({ recording: { id, call_id: id, url: `${host.url}/${id}` } });
		const noLink: Record<string, unknown> = {
			'recording-null': { recording: null },
			'url-null': { recording: { id: 1, call_id: 1, url: null } },
			'url-empty': { recording: { id: 1, call_id: 1, url: '' } },
			'url-missing': { recording: { id: 1, call_id: 1 } },
		};
		const noFile: Record<string, FileAnswer> = {
			'file-404': status(404),
			'file-403': status(403),
			'file-204': status(204),
			'file-202': status(202),
			'file-empty': file(Buffer.alloc(0)),
			'file-chunked-empty': (response) => response.writeHead(200).end(),
		};
		const noAnswer: Record<string, number> = { 'api-404': 404, 'api-204': 204, 'api-202': 202 };
		const looks = new Map<string, number>();
		world.sandbox.faults.decide(({ path }) => {
			const id = /calls\/([^/]+)/.exec(path)?.[1] ?? '';
			const isFirst = !looks.has(id);
			looks.set(id, (looks.get(id) ?? 0) + 1);
			if (isFirst && id in noLink) return { kind: 'status', status: 200, body: noLink[id] };
			if (isFirst && id in noAnswer) return { kind: 'status', status: noAnswer[id], body: '' };
			return { kind: 'status', status: 200, body: link(id) };
		});
		const refused = new Map<string, number>();
		host.answers((response, request) => {
			const id = (request.url ?? '').slice(1);
			const times = (refused.get(id) ?? 0) + 1;
			refused.set(id, times);
			// A refused link is renewed at once: only the second refusal makes it wait.
			const answer = times <= 2 ? noFile[id] : undefined;
			(answer ?? file(SOUND))(response, request);
		});
		const ids = [...Object.keys(noLink), ...Object.keys(noFile), ...Object.keys(noAnswer)];
		const result = await world.run(
			'recording.download',
			{ callId: '={{ $json.id }}', options: { waitForRecording: 60, maxConcurrency: 20 } },
			{ items: ids.map((id) => ({ id })), node: CONTINUES },
		);
		expect(jsons(result)).toEqual(ids.map((id) => ({ id: expect.anything(), call_id: id })));
		for (const id of ids) expect([id, looks.get(id)]).toEqual([id, expect.any(Number)]);
	}, 30_000);

	it.each<[string, unknown]>([
		['no recording', { recording: null }],
		['a recording without a link', { recording: { id: 1, call_id: 7, url: null } }],
	])('is not asked for: %s is told at once, as what it is', async (_, body) => {
		world.sandbox.faults.decide(() => ({ kind: 'status', status: 200, body }));
		for (const operation of ['recording.get', 'recording.download']) {
			const { error } = await world.run(operation, { callId: 7 });
			expect(error.message).toBe('LiveCall has no recording for call "7"');
			expect(error.description).toContain('may not be ready yet');
		}
		expect(world.asked()).toHaveLength(2);
	});

	it.each<[string, FileAnswer, string]>([
		['no file', status(404), 'refused the link'],
		['an empty file', status(204), 'has no file'],
	])('ends in time where there is %s', async (_, answer, shown) => {
		host.answers(answer);
		const { error } = await download({ waitForRecording: 0.5 });
		expect(error.message).toContain(shown);
	});
});
