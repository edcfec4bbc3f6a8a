import { getCall } from '../../nodes/shared/api/endpoints';
import { readResponse } from '../../nodes/shared/api/response';

/** What came in place of JSON, as it is read from an answer with 404. */
function foreignOf(body: string, contentType?: string): unknown {
	const response = { statusCode: 404, headers: { 'content-type': contentType }, body };
	const read = readResponse(getCall('7'), response, []);
	if (read.ok || read.error.kind !== 'status') throw new Error('404 was read as something else');
	return read.error.foreign;
}

describe('a refusal', () => {
	it.each([
		['<!DOCTYPE html><h1>404</h1>', 'text/html'],
		['\n <html></html>', undefined],
		['<Error><Code>NoSuchKey</Code></Error>', 'application/xml'],
		['no such page', 'text/html; charset=utf-8'],
		['404', 'text/html'],
	])('comes as a web page: %j', (body, contentType) => {
		expect(foreignOf(body, contentType)).toBe('webPage');
	});

	it.each([
		['404 page not found', 'text/plain; charset=utf-8'],
		['default backend - 404', undefined],
		['404', 'text/plain'],
		['Not Found', 'application/json'],
	])('comes as a text: %j', (body, contentType) => {
		expect(foreignOf(body, contentType)).toBe('text');
	});

	it.each([
		['', 'text/html'],
		[' \r\n', undefined],
		['{"status":404,"error":"Not Found"}', 'application/json'],
		['{}', 'text/html'],
		['["Not found"]', undefined],
		['"Not found"', 'application/vnd.api+json'],
		['null', 'application/json'],
	])('comes in the way of LiveCall: %j', (body, contentType) => {
		expect(foreignOf(body, contentType)).toBeUndefined();
	});
});
