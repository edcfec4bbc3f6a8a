import type { INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../dev/sandbox';
import { passWaits } from '../support/passingTime';
import { jsons, pairs, SECRETS, sharedWorld } from '../support/world';

const world = sharedWorld();
afterEach(() => jest.restoreAllMocks());

const recorded = () =>
	world.sandbox.calls.add({ status: 'ended', outcome: 'successful', recorded: true });
const download = async (id: number, more: INodeParameters = {}) =>
	await world.run('recording.download', { callId: id, ...more });
const downloads = () => world.sandbox.requests.filter(({ host }) => host === 'recordings');

it('get: gives the link', async () => {
	const { id } = recorded();
	const result = await world.run('recording.get', { callId: id });
	expect(world.asked()).toEqual([`GET /v1/calls/${id}/recording`]);
	expect(jsons(result)).toEqual([
		{
			id: expect.any(Number),
			call_id: id,
			url: expect.stringContaining(world.sandbox.recordingsUrl),
		},
	]);
});

describe('download', () => {
	it('gives the file, whole, under the name that the host gives it', async () => {
		const { id } = recorded();
		const result = await download(id);
		const [item] = result.output;
		expect(item.json).toEqual({ id: expect.any(Number), call_id: id });
		const file = item.binary?.data;
		expect(file).toMatchObject({ mimeType: 'audio/wav', fileExtension: 'wav', fileType: 'audio' });
		const bytes = Buffer.from(file?.data ?? '', 'base64');
		expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
		expect(bytes.readUInt32LE(4) + 8).toBe(bytes.length);
		expect(pairs(result)).toEqual([0]);
	});

	it('takes the key nowhere but to the API, and keeps the link to itself', async () => {
		const { id } = recorded();
		const result = await download(id);
		expect(downloads()).toHaveLength(1);
		expect(downloads()[0].headers.authorization).toBeUndefined();
		expect(result.stored).not.toContain('token=');
		expect(result.stored).not.toContain(world.sandbox.recordingsUrl);
		expect(result.stored).not.toContain(SECRETS.apiKey);
	});

	it('puts the file where and under what name it is asked to', async () => {
		const { id } = recorded();
		const result = await download(id, {
			binaryPropertyName: 'audio',
			options: { fileName: '../../etc/talk.wav' },
		});
		expect(result.output[0].binary?.audio).toMatchObject({
			fileName: 'etc-talk.wav',
			fileExtension: 'wav',
		});
		expect(result.output[0].binary?.audio.directory).toBeUndefined();
	});

	it('repeats where the host is in trouble, with a fresh link', async () => {
		const { id } = recorded();
		world.sandbox.faults.next({ kind: 'status', status: 503 }, { host: 'recordings' });
		world.sandbox.faults.next({ kind: 'reset-before' }, { host: 'recordings' });
		const result = await download(id);
		expect(result.failed).toBe(false);
		expect(downloads()).toHaveLength(3);
		expect(world.asked()).toHaveLength(3);
	});

	it.each<[string, Fault, string]>([
		['is down', { kind: 'status', status: 503 }, 'answered with status 503'],
		['loses the connection', { kind: 'reset-before' }, "to LiveCall's download host was lost"],
	])('says when it is the download host that %s', async (_, fault, shown) => {
		const { id } = recorded();
		world.sandbox.faults.always(fault, { host: 'recordings' });
		const result = await download(id, { options: { maxRetries: 0 } });
		expect(result.error.message).toContain("LiveCall's download host");
		expect(result.error.message).toContain(shown);
		expect(result.error.description).toContain('whether n8n may connect to that host');
		expect(result.error.description).not.toContain('Base URL');
	});

	it('waits as long as the host asks to', async () => {
		const { id } = recorded();
		world.sandbox.faults.next(
			{ kind: 'status', status: 429, retryAfter: 1 },
			{ host: 'recordings' },
		);
		const result = await download(id, { options: { fileName: '' } });
		expect(result.failed).toBe(false);
		expect(result.output[0].binary?.data.fileName).toMatch(/^recording-\d+\.wav$/);
		const [first, second] = downloads();
		expect(second.at - first.at).toBeGreaterThanOrEqual(1000);
	});

	it('gives up waiting in time', async () => {
		const { id } = world.sandbox.calls.add({
			status: 'ended',
			outcome: 'unanswered',
			recorded: false,
		});
		passWaits();
		const result = await download(id, { options: { waitForRecording: 1.5 } });
		expect(result.error.message).toContain('no recording for call');
		expect(world.asked()).toHaveLength(2);
	});
});
