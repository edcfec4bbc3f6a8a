import { listAt, parseJson, textAt } from '../../../dev/json';
import { failureOf } from '../../support/n8nClient';
import { CHOOSE_A_TIME_ID } from '../helpers/exampleIds';
import { choicesOn, openForm } from '../helpers/form';
import {
	example,
	executionIds,
	importCopy,
	newExecutions,
	scenario,
	world,
} from '../helpers/stage';

describe('choose a time', () => {
	/** The production address of the form. */
	const formOf = (id: string): string => {
		const trigger = example(id).nodes.find((node) => textAt(node, 'type').endsWith('.formTrigger'));
		return `${world.n8n.url}/form/${textAt(trigger, 'webhookId')}`;
	};

	it(
		'offers the free times, and has the call placed at the one that was chosen',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const page = await form.submit({ 'field-0': 'Mary', 'field-1': '+44 20 7946 0191' });
			const choices = choicesOn(page);
			const free = sandbox.filters.get(1)?.available_call_times ?? [];
			// All of them, so that somebody can choose tomorrow.
			expect(choices).toHaveLength(free.length);

			const ending = await form.submit({ 'field-0': choices[3] });
			expect(ending).toContain('We will call you');
			expect(ending).toContain(choices[3]);
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(call).toMatchObject({ phone_number: '+442079460191', filter_id: 1 });
			expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(free[3]));

			// Another time, and the number in another spelling: LiveCall could not cancel the first call.
			const again = await openForm(formOf(CHOOSE_A_TIME_ID));
			await again.submit({ 'field-0': '', 'field-1': '0044 (0)20 7946-0191' });
			expect(await again.submit({ 'field-0': choices[4] })).toMatch(
				/You have chosen a time already.*no second call was placed\. To change it, please ring us/s,
			);
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);

	it(
		'lets the visitor choose again when the time is not free any more',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const first = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0192' });
			expect(first).not.toContain('not free any more');
			const [taken, , other] = choicesOn(first);
			const [, , later] = sandbox.filters.get(1)?.available_call_times ?? [];
			sandbox.filters.set(1, { status: 'unavailable', available_call_times: [later] });
			const second = await form.submit({ 'field-0': taken });
			expect(second).toContain('That time is not free any more. Please choose another one.');
			expect(choicesOn(second)).toEqual([other]);
			expect(sandbox.calls.placed()).toEqual([]);
			expect(await form.submit({ 'field-0': other })).toContain('We will call you');
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(later));
		}),
	);

	it(
		'tells the visitor when there is no free time at all',
		scenario(async ({ sandbox }) => {
			sandbox.filters.set(1, { status: 'unavailable', available_call_times: [] });
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const ending = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0193' });
			expect(ending).toContain('Nobody is free at present');
			expect(sandbox.calls.placed()).toEqual([]);
		}),
	);

	it(
		'asks for a number again that cannot be called, before a time is chosen',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			expect(await form.submit({ 'field-0': '', 'field-1': 'abc' })).toContain(
				'is not a phone number that we can call',
			);
			const abroad = await form.submit({ 'field-0': '+1 900 555 0199' });
			expect(abroad).toContain('We call numbers that begin with +44 or +49 only.');
			expect(sandbox.requests).toEqual([]);
			const page = await form.submit({ 'field-0': '+44 20 7946 0196' });
			await form.submit({ 'field-0': choicesOn(page)[0] });
			expect(sandbox.calls.placed()).toMatchObject([{ phone_number: '+442079460196' }]);
		}),
	);

	it(
		'asks for times and places the call with the one target group of its settings, and ends red when that is gone',
		scenario(async ({ client, sandbox }) => {
			const opening = sandbox.filters.get(2)?.available_call_times[0] ?? '';
			const copy = await importCopy(CHOOSE_A_TIME_ID, {}, (node) =>
				textAt(node, 'name') === 'Settings'
					? parseJson(JSON.stringify(node).replace('"value":"1"', '"value":"2"'))
					: node,
			);
			await client.activateWorkflow(copy);
			const stored = listAt(await client.findWorkflow(copy), 'nodes');
			const trigger = stored.find((node) => textAt(node, 'type').endsWith('.formTrigger'));
			const url = `${world.n8n.url}/form/${textAt(trigger, 'webhookId')}`;
			const form = await openForm(url);
			const page = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0197' });
			await form.submit({ 'field-0': choicesOn(page)[0] });
			const [call] = sandbox.calls.placed();
			expect(call).toMatchObject({ filter_id: 2, phone_number: '+442079460197' });
			expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(opening));

			const before = await executionIds(copy);
			sandbox.faults.always({ kind: 'status', status: 404 }, { path: /filters/ });
			const other = await openForm(url);
			expect(await other.submit({ 'field-0': '', 'field-1': '+44 20 7946 0198' })).toContain(
				'We cannot look up our free times',
			);
			await other.shown();
			const [execution] = await newExecutions(copy, before, 1);
			expect(failureOf(execution)).toMatch(/^\+44 20 7946 0198: .+target group "2"/);
		}),
	);

	it(
		'does not say that there will be no call where nobody can know',
		scenario(async ({ sandbox }) => {
			sandbox.faults.next({ kind: 'reset-after' }, { method: 'POST', path: /calls/ });
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const page = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0194' });
			const ending = await form.submit({ 'field-0': choicesOn(page)[0] });
			expect(ending).toContain('do not send the form again');
			expect(sandbox.calls.placed()).toHaveLength(1);
		}),
	);
});
