import { withDemoSettings } from '../../dev/launcher/demoSettings';
import { NOTE_TYPE } from '../../dev/launcher/examples';
import type { Json, JsonObject } from '../../dev/json';
import { node, workflow } from './workflow';

const note = (content: string, height: number) => node(NOTE_TYPE, { content, height });
const wait = (amount: Json, unit: string) =>
	node('n8n-nodes-base.wait', { amount, unit, resume: 'timeInterval' }, 'Wait');
const settings = (fields: Record<string, string | number>) =>
	node('n8n-nodes-base.set', {
		assignments: { assignments: Object.entries(fields).map(([name, value]) => ({ name, value })) },
	});

describe("the demo's settings", () => {
	it.each<[string, JsonObject, JsonObject, string, number]>([
		[
			'a wait that a person at the screen sees the end of',
			wait(30, 'minutes'),
			wait(5, 'seconds'),
			'*Wait* waits for 5 seconds in place of 30 minutes',
			70,
		],
		[
			"talks as short as the sandbox's, and a target group that nobody else calls again",
			settings({ target_group: '1', least_seconds: 20, other: '3' }),
			settings({ target_group: '4', least_seconds: 1, other: '3' }),
			'`target_group` is 4 in place of 1, which *Retry missed calls* leaves alone; ' +
				'`least_seconds` is 1 in place of 20, since calls last 2 seconds here',
			100,
		],
		[
			'the target group that missed calls leave to another example',
			settings({ left_alone: '' }),
			settings({ left_alone: '4' }),
			'`left_alone` is 4 in place of nothing, the group of *Work through a call list*',
			70,
		],
	])('are %s, and the first note says so', (_, filed, changed, said, more) => {
		const words = `**In this demo** ${said}. Set that back before you use this workflow elsewhere.`;
		expect(withDemoSettings(workflow(note('What', 90), note('More', 20), filed)).nodes).toEqual([
			note(`What\n\n${words}`, 90 + more),
			note('More', 20),
			changed,
		]);
	});

	it('leave all else as it is', () => {
		const example = workflow(
			note('What', 90),
			node('n8n-nodes-base.set', { unit: 'minutes', amount: 30 }),
			wait(70, 'seconds'),
			settings({ target_group: '1' }),
		);
		expect(withDemoSettings(example)).toEqual(example);
	});
});
