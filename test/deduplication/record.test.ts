import { lineageOf, placedEntry, sentEntry } from '../../nodes/LiveCall/deduplication/record';

describe('what an execution has in common with its retries', () => {
	const waiting = 'http://localhost:5678/webhook-waiting/12';

	it.each<[string, unknown, string, string | undefined]>([
		['the token of n8n 2.x', { resumeUrl: `${waiting}?signature=abc` }, '12', 'abc'],
		[
			'the token, behind what the address has besides',
			{ resumeUrl: `${waiting}?a=1&signature=abc` },
			'12',
			'abc',
		],
		['its own ID on n8n 1.x', { resumeUrl: waiting }, '12', '12'],
		['its own ID if the address cannot be read', { resumeUrl: 'undefined/12' }, '12', '12'],
		['its own ID if there is no address', undefined, '12', '12'],
		['nothing if it has no ID', { resumeUrl: waiting }, '', undefined],
	])('is %s', (_, execution, id, lineage) => {
		expect(lineageOf(execution, id)).toBe(lineage);
	});
});

it('an entry stays what it is: a Retry may run in a later version than the execution', () => {
	expect(sentEntry('abc', 'call.create +44', 2, 1)).toBe('["sent","abc","call.create +44",2,1]');
	expect(placedEntry('abc', 'call.create +44', 2)).toBe('["placed","abc","call.create +44",2]');
});
