import fc from 'fast-check';
import { certaintyOf, type FailureKind } from '../../nodes/shared/api/outcome';
import { failureOfThrown } from '../../nodes/shared/api/thrown';

/** An error with what n8n, axios or Node.js add to it. */
const thrown = (message: string, more: object = {}) => Object.assign(new Error(message), more);

/** How Node.js says that a system call has failed. */
const system = (syscall: string, code: string) =>
	thrown(`${syscall} ${code} 127.0.0.1:443`, { code, syscall });

/** What Node.js throws where a host has several addresses and none of them could be connected. */
const several = (...codes: string[]) =>
	Object.assign(new AggregateError(codes.map((code) => system('connect', code))), {
		code: codes[0],
	});

const read = (error: unknown): FailureKind => failureOfThrown(error, 5_000, false);
const notSent = (reason: string) => ({ kind: 'notSent', reason });

describe('what was certainly not sent', () => {
	it.each([
		['a connection that is refused', system('connect', 'ECONNREFUSED'), 'connectionRefused'],
		['a name that is unknown', system('getaddrinfo', 'ENOTFOUND'), 'unresolved'],
		['a name server that does not answer', system('getaddrinfo', 'EAI_AGAIN'), 'unresolved'],
		['a name server that fails', system('getaddrinfo', 'EAI_FAIL'), 'unresolved'],
		['a name without an address', system('getaddrinfo', 'EAI_NODATA'), 'unresolved'],
		['a name that nobody has', system('getaddrinfo', 'EAI_NONAME'), 'unresolved'],
		['a host without a way to it', system('connect', 'EHOSTUNREACH'), 'unreachable'],
		['a network without a way to it', system('connect', 'ENETUNREACH'), 'unreachable'],
		['no address of its own', system('connect', 'EADDRNOTAVAIL'), 'unreachable'],
		['a connection that takes too long', system('connect', 'ETIMEDOUT'), 'unreachable'],
		['a connection that is not allowed', system('connect', 'EACCES'), 'unreachable'],
		['a connection that a firewall forbids', system('connect', 'EPERM'), 'unreachable'],
		[
			'encryption that is not agreed on',
			thrown('Client network socket disconnected before secure TLS connection was established', {
				code: 'ECONNRESET',
			}),
			'connectionRefused',
		],
		['a host that does not speak it', system('write', 'EPROTO'), 'unsendable'],
		[
			'a proxy that does not answer',
			thrown('Proxy connection ended before receiving CONNECT response'),
			'proxy',
		],
		[
			'a connection that is not made, in other words',
			thrown('No', { code: 'ETIMEDOUT', syscall: 'connect' }),
			'unreachable',
		],
		['an address that n8n forbids', thrown('No', { name: 'SsrfBlockedIpError' }), 'unsendable'],
	])('%s', (_, error, reason) => {
		expect(read(error)).toEqual(notSent(reason));
	});

	it.each([
		'ERR_INVALID_URL',
		'ERR_INVALID_CHAR',
		'ERR_INVALID_PROTOCOL',
		'ERR_UNESCAPED_CHARACTERS',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'CERT_HAS_EXPIRED',
		'CERT_NOT_YET_VALID',
		'CERT_REJECTED',
		'CERT_REVOKED',
		'CERT_SIGNATURE_FAILURE',
		'CERT_UNTRUSTED',
		'INVALID_CA',
		'INVALID_PURPOSE',
		'HOSTNAME_MISMATCH',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'UNABLE_TO_GET_ISSUER_CERT',
		'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	])('what cannot be sent or trusted: %s', (code) => {
		expect(read(thrown('No', { code }))).toEqual(notSent('unsendable'));
	});

	it.each([
		[['ECONNREFUSED', 'ECONNREFUSED'], 'connectionRefused'],
		[['ECONNREFUSED', 'ENETUNREACH'], 'connectionRefused'],
		[['ENETUNREACH', 'ECONNREFUSED'], 'unreachable'],
		[['ETIMEDOUT', 'EHOSTUNREACH'], 'unreachable'],
	])('a host none of whose addresses could be connected: %j', (codes, reason) => {
		expect(read(several(...codes))).toEqual(notSent(reason));
	});
});

describe('what may have been sent', () => {
	it.each([
		['a connection that was reset', system('read', 'ECONNRESET')],
		['one that was reset before an answer', thrown('socket hang up', { code: 'ECONNRESET' })],
		['one that broke while it was written to', system('write', 'EPIPE')],
		['permission lost while reading', system('read', 'EACCES')],
		['a network that went away meanwhile', system('read', 'ENETUNREACH')],
		['encryption that breaks later', system('read', 'EPROTO')],
		[
			'words about encryption without the code',
			thrown('Client network socket disconnected before secure TLS connection was established'),
		],
		['a list of addresses that holds nothing', new AggregateError([null])],
		['another error of Node.js', thrown('No', { code: 'ERR_SOMETHING' })],
		['an error without a code', thrown('No')],
		['an error with a code that is no text', thrown('No', { code: 7 })],
		['another name', thrown('No', { name: 'NotSsrfError' })],
		['a name that is no text', thrown('No', { name: 7 })],
		['a text', 'ECONNREFUSED'],
		['nothing', undefined],
		['null', null],
	])('%s', (_, error) => {
		expect(read(error)).toEqual({ kind: 'lost' });
	});

	it.each([
		['reading', system('read', 'ETIMEDOUT')],
		['axios', thrown('timeout of 5000ms exceeded', { code: 'ECONNABORTED' })],
	])('time that ran out: %s', (_, error) => {
		expect(read(error)).toEqual({ kind: 'timeout', timeoutMs: 5_000 });
	});

	// One of the addresses may have taken the request: a POST that is sent again would ring twice.
	it.each([
		[['ECONNREFUSED', 'ECONNRESET'], 'lost'],
		[['ECONNRESET', 'ECONNREFUSED'], 'lost'],
		[['EPIPE', 'ENETUNREACH', 'ECONNREFUSED'], 'lost'],
	])('a host one of whose addresses may have been connected: %j', (codes, kind) => {
		expect(read(several(...codes))).toMatchObject({ kind });
	});

	it('a host of which one address was refused and the other took its time', () => {
		const error = Object.assign(
			new AggregateError([system('connect', 'ECONNREFUSED'), system('read', 'ETIMEDOUT')]),
			{ code: 'ECONNREFUSED' },
		);
		expect(certaintyOf(read(error))).toBe('unknown');
	});

	it('a host whose list of addresses cannot be read', () => {
		const error = Object.assign(new AggregateError(['ECONNREFUSED']), { code: 'ECONNREFUSED' });
		expect(certaintyOf(read(error))).toBe('unknown');
	});

	it('an empty list says as much as the code beside it', () => {
		const error = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
		expect(read(error)).toEqual(notSent('connectionRefused'));
	});
});

describe('redirects without an end', () => {
	it.each([
		['of the library', thrown('Redirected', { code: 'ERR_FR_TOO_MANY_REDIRECTS' })],
		['of n8n', thrown('Maximum number of redirects exceeded')],
	])('in the words %s', (_, error) => {
		expect(read(error)).toEqual({ kind: 'unreadable', what: 'redirects' });
	});

	it('are no loss that happens to speak of redirects', () => {
		expect(read(thrown('The Maximum number of redirects'))).toEqual({ kind: 'lost' });
	});
});

describe('an error inside of another', () => {
	it('is found at any depth', () => {
		const inner = system('connect', 'ECONNREFUSED');
		const error = thrown('n8n', { cause: thrown('axios', { cause: inner }) });
		expect(read(error)).toEqual(notSent('connectionRefused'));
	});

	it('counts before what is said around it', () => {
		const inner = system('getaddrinfo', 'ENOTFOUND');
		expect(read(thrown('n8n', { code: 'ECONNREFUSED', cause: inner }))).toEqual(
			notSent('unresolved'),
		);
	});

	it('may be itself', () => {
		const error = thrown('round', { code: 'ECONNABORTED' });
		Object.assign(error, { cause: thrown('and round', { cause: error }) });
		expect(read(error)).toMatchObject({ kind: 'timeout' });
	});

	it('that n8n 1.x has lost is known by its code and the first words', () => {
		expect(read(thrown('No', { httpCode: 'ECONNREFUSED' }))).toEqual(notSent('connectionRefused'));
		expect(read(thrown('connect ETIMEDOUT 1.2.3.4', { httpCode: 'ETIMEDOUT' }))).toEqual(
			notSent('unreachable'),
		);
		const kept = { httpCode: 'ETIMEDOUT', messages: ['connect ETIMEDOUT 1.2.3.4'] };
		expect(read(thrown('The connection timed out', kept))).toEqual(notSent('unreachable'));
		expect(read(thrown('to connect ETIMEDOUT', { httpCode: 'ETIMEDOUT' }))).toMatchObject({
			kind: 'timeout',
		});
	});
});

it('of a canceled execution, whatever was thrown, is a cancel', () => {
	expect(failureOfThrown(system('connect', 'ECONNREFUSED'), 5_000, true)).toEqual({
		kind: 'canceled',
	});
});

it('reads anything that can be thrown, and takes nothing of it along', () => {
	const secret = 'Token token=secret';
	fc.assert(
		fc.property(fc.anything(), (anything) => {
			const read = failureOfThrown({ config: { headers: secret }, cause: anything }, 5_000, false);
			expect(JSON.stringify(read)).not.toContain('secret');
		}),
	);
});
