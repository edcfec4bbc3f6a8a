import { textAt } from '../../../dev/json';
import { CHOOSE_A_TIME_ID } from '../helpers/exampleIds';
import { choicesOn, openForm } from '../helpers/form';
import { example, scenario, world } from '../helpers/stage';

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
			const free = sandbox.filters.get(1)?.available_call_times.slice(0, 12) ?? [];
			expect(choices).toHaveLength(free.length);

			const ending = await form.submit({ 'field-0': choices[3] });
			expect(ending).toContain('We will call you');
			expect(ending).toContain(choices[3]);
			const [call, ...others] = sandbox.calls.placed();
			expect(others).toEqual([]);
			expect(call).toMatchObject({ phone_number: '+44 20 7946 0191', filter_id: 1 });
			expect(Date.parse(call.scheduled_for ?? '')).toBe(Date.parse(free[3]));
		}),
	);

	it(
		'tells the visitor when the time is not free any more, and calls nobody',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const page = await form.submit({ 'field-0': '', 'field-1': '+44 20 7946 0192' });
			const [chosen] = choicesOn(page);
			sandbox.filters.set(1, { status: 'unavailable', available_call_times: [] });
			const ending = await form.submit({ 'field-0': chosen });
			expect(ending).toContain('Your call is not arranged');
			expect(ending).toContain('choose another time');
			expect(sandbox.calls.placed()).toEqual([]);
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
		'says at once that a text is no phone number',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const ending = await form.submit({ 'field-0': '', 'field-1': 'abc' });
			expect(ending).toContain('That is not a phone number');
			expect(sandbox.requests).toEqual([]);
		}),
	);

	it(
		'calls nobody in another country',
		scenario(async ({ sandbox }) => {
			const form = await openForm(formOf(CHOOSE_A_TIME_ID));
			const page = await form.submit({ 'field-0': '', 'field-1': '+1 900 555 0199' });
			const ending = await form.submit({ 'field-0': choicesOn(page)[0] });
			expect(ending).toContain('begins with +44 or +49');
			expect(sandbox.calls.placed()).toEqual([]);
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
