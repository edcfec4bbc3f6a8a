import http from 'node:http';
import { isFromProxy } from '../../nodes/shared/api/proxy';
import { CONTINUES, sharedWorld } from '../support/world';

/** What the proxy answers to CONNECT; nothing where it hangs up. */
let answer = '';
let proxy: http.Server;
const world = sharedWorld();
let connects = 0;
const before = { ...process.env };

beforeAll(async () => {
	proxy = http.createServer((_, response) => {
		response.writeHead(407, { 'Proxy-Authenticate': 'Basic' }).end('Log in first');
	});
	proxy.on('connect', (_, socket) => {
		connects++;
		if (answer === '') socket.destroy();
		else socket.end(answer);
	});
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	const address = proxy.address();
	const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
	for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'])
		process.env[name] = url;
	delete process.env.NO_PROXY;
	delete process.env.no_proxy;
});
beforeEach(() => (connects = 0));
afterAll(() => {
	process.env = before;
	proxy.close();
	proxy.closeAllConnections();
});

const place = async (scheme: 'http' | 'https') =>
	await world.run(
		'call.create',
		{ filterId: '1', phoneNumber: '+49 30 1234567', options: { maxRetries: 1 } },
		{ credential: { ...world.credential, baseUrl: `${scheme}://api.livecall.invalid/v1` } },
	);

const head = (line: string, ...headers: string[]) =>
	`HTTP/1.1 ${[line, ...headers].join('\r\n')}\r\n\r\n`;

it.each([
	head('407 Proxy Authentication Required'),
	head('407 Proxy Authentication Required', 'Proxy-Authenticate: Negotiate', 'Content-Length: 0'),
])('a proxy that asks for a login is named: %j', async (given) => {
	answer = given;
	const { error } = await place('https');
	expect(error.message).toBe('A proxy between n8n and LiveCall asks for a login (status 407)');
	expect(error.description).toContain('check the proxy that n8n is set to use');
	expect(error.description).toContain('Nothing was carried out');
	expect(connects).toBe(1);
});

it('a proxy that asks for a login is named where nothing is encrypted', async () => {
	const { error } = await place('http');
	expect(error.message).toBe('A proxy between n8n and LiveCall asks for a login (status 407)');
});

it.each([
	head('403 Forbidden', 'Server: squid/6.6'),
	head('403 Forbidden', 'X-Squid-Error: ERR_ACCESS_DENIED 0'),
	head('403 Filtered', 'Server: tinyproxy/1.11.1'),
	head('405 Method Not Allowed', 'Proxy-Agent: Acme'),
])('a proxy that lets nothing through is named: %j', async (given) => {
	answer = given;
	const { error } = await place('https');
	expect(error.message).toMatch(
		/^A proxy between n8n and LiveCall let nothing through \(status 40\d\)$/,
	);
	expect(error.description).not.toContain('API key');
});

it.each([
	head('502 Bad Gateway', 'Server: squid/6.6'),
	head('503 Service Unavailable', 'Proxy-Connection: close'),
	head('504 Gateway Timeout', 'Server: Privoxy 3.0.34'),
])('a proxy that does not get through is named, and nothing is sent twice: %j', async (given) => {
	answer = given;
	const { error } = await place('https');
	expect(error.message).toContain('a proxy between n8n and LiveCall answered with status 50');
	expect(error.description).toContain('check the proxy that n8n is set to use');
	expect(connects).toBe(1);
});

it.each([
	head('429 Too Many Requests', 'Proxy-Agent: Acme', 'Retry-After: 60'),
	head('429 Too Many Requests', 'Server: squid/6.6'),
])('a proxy that has too much to do is not taken for LiveCall: %j', async (given) => {
	answer = given;
	const { error } = await place('https');
	expect(error.message).toContain(
		'A proxy between n8n and LiveCall is receiving too many requests',
	);
	expect(error.description).not.toMatch(/(?<!n8n and )LiveCall asked/);
});

it.each([429, 502, 503])(
	'a proxy that asks for a long wait is named to the items behind as well: %s',
	async (status) => {
		answer = head(`${status} Later`, 'Proxy-Agent: Acme', 'Retry-After: 60');
		const { output } = await world.run(
			'call.get',
			{ callId: '={{ $json.id }}', options: { maxConcurrency: 1 } },
			{
				credential: { ...world.credential, baseUrl: 'https://api.livecall.invalid/v1' },
				items: [{ id: 1 }, { id: 2 }],
				node: CONTINUES,
			},
		);
		expect(output[1].json.error).toMatch(
			/^A proxy between n8n and LiveCall had asked to wait, for another \d/,
		);
		expect(connects).toBe(1);
	},
);

it('a proxy that hangs up has let nothing through, so trying again is safe', async () => {
	answer = '';
	const { error } = await place('https');
	expect(error.message).toBe(
		'A proxy between n8n and LiveCall closed the connection before LiveCall was reached (tried 2 times)',
	);
	expect(error.description).toContain('Nothing was carried out, so trying again is safe');
	expect(connects).toBe(2);
});

it.each([
	[{ server: 'cloudflare', via: '1.1 vegur' }],
	[{ server: 'nginx/1.27', 'x-request-id': '1' }],
	[{ 'x-proxy-cache': 'MISS', server: 'Cowboy' }],
])("what stands before LiveCall's own servers is LiveCall: %j", (headers) => {
	expect(isFromProxy(502, headers)).toBe(false);
	expect(isFromProxy(403, headers)).toBe(false);
});
