import { wav } from '../../dev/sandbox/wav';
import {
	ask,
	fetchBytes,
	fetchText,
	fieldsOf,
	listenTo,
	openDownload,
	pause,
	sandboxWith,
	stopAll,
	stoppedClock,
	until,
} from './helpers';

afterEach(stopAll);

async function withRecording(choice: { recorded?: boolean | number; recordedBytes?: number } = {}) {
	const clock = stoppedClock();
	const sandbox = await sandboxWith({ now: clock.now, linkLifetimeMs: 1000 });
	const { id } = sandbox.calls.add({ status: 'ended', ...choice });
	const link = async () =>
		String((await ask(sandbox, 'GET', `/calls/${id}/recording`)).at('recording', 'url'));
	return { clock, sandbox, id, link };
}

describe('GET /calls/:id/recording', () => {
	it('answers exactly the documented fields, with a link to another host', async () => {
		const { sandbox, id } = await withRecording();
		const got = await ask(sandbox, 'GET', `/calls/${id}/recording`);
		expect(got.status).toBe(200);
		expect(fieldsOf(got.json)).toEqual(['recording']);
		expect(fieldsOf(got.at('recording'))).toEqual(['call_id', 'id', 'url']);
		expect(got.at('recording', 'call_id')).toBe(id);
		const url = new URL(String(got.at('recording', 'url')));
		expect(url.origin).toBe(sandbox.recordingsUrl);
		expect(url.origin).not.toBe(new URL(sandbox.apiUrl).origin);
		expect(url.pathname).toBe(`/downloads/recordings/${String(got.at('recording', 'id'))}`);
		expect(url.searchParams.get('token')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
	});

	it('gives a link of its own every time', async () => {
		const { link } = await withRecording();
		expect(await link()).not.toBe(await link());
	});

	it('finds none for a call that is unknown, not over, or was not recorded', async () => {
		const { sandbox, id } = await withRecording();
		const { calls } = sandbox;
		const status = async (call: number) =>
			(await ask(sandbox, 'GET', `/calls/${call}/recording`)).status;
		expect(await status(id)).toBe(200);
		expect(await status(id + 100)).toBe(404);
		expect(await status(calls.add({ status: 'started' }).id)).toBe(404);
		expect(await status(calls.add({ status: 'ended', recorded: false }).id)).toBe(404);
		expect(await status(calls.add({ status: 'ended', outcome: 'busy' }).id)).toBe(404);
	});

	it('finds none before the recording is ready', async () => {
		const { clock, sandbox, id } = await withRecording({ recorded: 5000 });
		clock.pass(4999);
		expect((await ask(sandbox, 'GET', `/calls/${id}/recording`)).status).toBe(404);
		clock.pass(1);
		expect((await ask(sandbox, 'GET', `/calls/${id}/recording`)).status).toBe(200);
	});
});

describe('the recordings host', () => {
	it('sends a WAV file that says truly how long it is', async () => {
		const { link } = await withRecording();
		const { headers } = await fetchText(await link());
		const file = await fetchBytes(await link());
		expect(headers['content-type']).toBe('audio/wav');
		expect(headers['content-length']).toBe(String(file.length));
		expect(headers['content-disposition']).toMatch(/^attachment; filename="[\w-]+\.wav"$/);
		expect(file.toString('latin1', 0, 4)).toBe('RIFF');
		expect(file.readUInt32LE(4)).toBe(file.length - 8);
		expect(file.toString('latin1', 8, 16)).toBe('WAVEfmt ');
		expect(file.readUInt16LE(20)).toBe(1);
		expect(file.readUInt16LE(22)).toBe(1);
		expect(file.readUInt32LE(24)).toBe(8000);
		expect(file.readUInt32LE(28)).toBe(16_000);
		expect(file.readUInt16LE(34)).toBe(16);
		expect(file.toString('latin1', 36, 40)).toBe('data');
		expect(file.readUInt32LE(40)).toBe(file.length - 44);
		expect((file.length - 44) / 16_000).toBe(3);
	});

	it('sends sound: neither silence nor clipping, and the same every time', async () => {
		const { link } = await withRecording();
		const file = await fetchBytes(await link());
		const samples = Array.from({ length: 8000 }, (_, index) => file.readInt16LE(44 + index * 2));
		const loudest = Math.max(...samples.map(Math.abs));
		expect(loudest).toBeGreaterThan(4000);
		expect(loudest).toBeLessThan(16_000);
		expect((await fetchBytes(await link())).equals(file)).toBe(true);
	});

	it.each([1, 44, 45, 100_001])('sends a recording of any size: %i bytes', async (bytes) => {
		const { link } = await withRecording({ recordedBytes: bytes });
		expect(await listenTo(await link())).toEqual({
			status: 200,
			announced: bytes,
			received: bytes,
		});
	});

	it('waits for a slow client instead of making a big file at once', async () => {
		const { link } = await withRecording({ recordedBytes: 314_572_800 });
		const { chunks } = wav;
		let made = 0;
		const spy = jest.spyOn(wav, 'chunks').mockImplementation(function* (bytes) {
			for (const chunk of chunks(bytes)) {
				made += chunk.length;
				yield chunk;
			}
		});
		const slow = await openDownload(await link());
		expect(slow.announced).toBe(314_572_800);
		await until('as much is made as fits on the way', async () => {
			const before = made;
			await pause(30);
			return before > 0 && made === before;
		});
		expect(made).toBeLessThan(50_000_000);
		slow.close();
		spy.mockRestore();
	});

	it('refuses a link once its time is over', async () => {
		const { clock, link, sandbox } = await withRecording();
		const url = await link();
		clock.pass(999);
		expect((await fetchText(url)).status).toBe(200);
		clock.pass(1);
		expect((await fetchText(url)).status).toBe(403);
		expect(sandbox.requests.at(-1)).toMatchObject({ host: 'recordings', acted: false });
		expect((await fetchText(await link())).status).toBe(200);
	});

	it('refuses a token that was changed, is another recording’s, or is missing', async () => {
		const { link, sandbox } = await withRecording();
		const url = await link();
		const other = sandbox.calls.add({ status: 'ended' });
		const otherId = sandbox.calls.recordingOf(other.id)?.id;
		const [head, payload, signature] = url.split('.').slice(-3);
		const forged = Buffer.from(String(payload), 'base64url')
			.toString()
			.replace('"exp":', '"exp":9');
		const forgedUrl = [
			...url.split('.').slice(0, -3),
			head,
			Buffer.from(forged).toString('base64url'),
			signature,
		].join('.');
		expect((await fetchText(forgedUrl)).status).toBe(403);
		expect((await fetchText(url.slice(0, -1))).status).toBe(403);
		expect((await fetchText(url.replace(/\?.*/, ''))).status).toBe(403);
		expect((await fetchText(url.replace(/recordings\/\d+/, `recordings/${otherId}`))).status).toBe(
			403,
		);
		expect((await fetchText(url)).status).toBe(200);
	});

	it('refuses whoever sends the API key along, and notes it', async () => {
		const { link, sandbox } = await withRecording();
		const headers = { Authorization: `Token token=${sandbox.apiKey}` };
		expect((await fetchText(await link(), { headers })).status).toBe(400);
		expect(sandbox.requests.at(-1)).toMatchObject({
			host: 'recordings',
			headers: { authorization: `Token token=${sandbox.apiKey}` },
			acted: false,
			status: 400,
		});
	});

	it('has nothing else', async () => {
		const { link, sandbox } = await withRecording();
		const url = await link();
		expect((await fetchText(`${sandbox.recordingsUrl}/`)).status).toBe(404);
		expect((await fetchText(`${sandbox.recordingsUrl}/v1/users`)).status).toBe(404);
		expect((await fetchText(url, { method: 'POST' })).status).toBe(404);
	});
});
