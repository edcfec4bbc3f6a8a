// The sandbox's page: shows the state that the sandbox sends after every change, and posts what its forms say.

const STAGES = ['created', 'initiated', 'started', 'ended'];

const byId = (id) => document.getElementById(id);

/** Makes an element. Attributes whose value is false or undefined are left out, and so are children that are nothing. */
function make(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === 'function') element.addEventListener(name, value);
		else if (value !== false && value !== undefined) element.setAttribute(name, value);
	}
	element.append(...children.filter(Boolean));
	return element;
}

/** Sends JSON to a control route. Gives the answer's JSON; throws with the sandbox's own words. */
async function send(method, path, body) {
	const response = await fetch(path, {
		method,
		headers: { 'Content-Type': 'application/json' },
		body: body && JSON.stringify(body),
	}).catch(() => {
		throw new Error('The sandbox does not answer. Start it again.');
	});
	const answer = response.status === 204 ? {} : await response.json();
	if (response.ok) return answer;
	const fields = Object.entries(answer.errors ?? {}).map(
		([field, messages]) => `${field.replaceAll('_', ' ')} ${messages.join(', ')}`,
	);
	throw new Error(answer.error ?? fields.join('; '));
}

/** Takes away what a form has said of something that is over. */
function clearOutputs() {
	for (const output of document.querySelectorAll('output')) output.textContent = '';
}

/** Sends what a button stands for; says on top where that failed. Gives whether it was done. */
async function act(method, path, body) {
	clearOutputs();
	try {
		await send(method, path, body);
		return true;
	} catch (error) {
		byId('connection').textContent = error.message;
		return false;
	}
}

/** What the form for new webhooks calls one of its choices. */
const chosenWords = (select, value) =>
	byId('subscribe').elements[select].querySelector(`[value="${value}"]`).textContent;

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** How many items of a list are seen until a person wants all of them. */
const MOST_SEEN = 10;

/** Folds what a list has beyond the first ten, below a button that unfolds it. */
function fold(list) {
	const items = [...list.children];
	let button = list.nextElementSibling;
	if (!button?.matches('.fold')) {
		button = make('button', {
			type: 'button',
			class: 'fold',
			'aria-controls': list.id,
			click: () => {
				list.toggleAttribute('data-unfolded');
				fold(list);
			},
		});
		list.after(button);
	}
	const unfolded = list.hasAttribute('data-unfolded');
	items.forEach((item, position) => (item.hidden = position >= MOST_SEEN && !unfolded));
	button.hidden = items.length <= MOST_SEEN;
	button.setAttribute('aria-expanded', unfolded);
	button.textContent = unfolded ? `Show ${MOST_SEEN} only` : `Show all ${items.length}`;
}

/**
 * Shows one list item per thing. An item is built anew only when its thing has changed, so that a recording plays
 * on and the focus stays where it is.
 */
function showList(list, things, emptyText, build) {
	const old = new Map([...list.children].map((item) => [item.dataset.id, item]));
	const items = things.map((thing) => {
		const content = JSON.stringify(thing);
		const known = old.get(String(thing.id));
		if (known?.dataset.content === content) return known;
		const item = make('li', {}, ...build(thing));
		item.dataset.id = thing.id;
		item.dataset.content = content;
		return item;
	});
	if (items.length === 0) items.push(make('li', { class: 'hint' }, emptyText));
	const focused = list.contains(document.activeElement) && document.activeElement;
	const focusedId = focused && focused.closest('.list > li')?.dataset.id;
	// Moving an element would stop its audio: only what is not yet in its place is touched.
	items.forEach((item, position) => {
		if (list.children[position] !== item) list.insertBefore(item, list.children[position] ?? null);
	});
	while (list.children.length > items.length) list.lastElementChild.remove();
	fold(list);
	if (focused && !focused.isConnected) {
		const item = items.find(({ dataset }) => dataset.id === focusedId) ?? list;
		(item.querySelector('button') ?? document.querySelector('h1')).focus();
	}
}

const badge = (text, tone) => make('span', { class: `badge ${tone}` }, text);

const SIX_DAYS_MS = 6 * 24 * 3_600_000;

/** By the weekday, and by the date where that could be another week's. */
const clock = (time) =>
	new Intl.DateTimeFormat('en-GB', {
		weekday: 'short',
		...(Math.abs(new Date(time) - Date.now()) < SIX_DAYS_MS
			? {}
			: { day: 'numeric', month: 'short', year: 'numeric' }),
		hour: '2-digit',
		minute: '2-digit',
	}).format(new Date(time));

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A time in the zone of whoever looks at the page. */
const yourTime = (time) => `${clock(time)} (your time, ${ZONE})`;

const minutes = (minute) =>
	`${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

function buildFilter(filter) {
	const hours = filter.hours.map((h) => `${minutes(h.fromMinute)}–${minutes(h.toMinute)} UTC`);
	const [next] = filter.available_call_times;
	const open = filter.status === 'available';
	return [
		make(
			'div',
			{},
			make('strong', {}, filter.name),
			make('small', {}, `target group ${filter.id} · ${hours.join(', ') || 'no working hours'}`),
			!open && next && make('small', {}, `next at ${yourTime(next)}`),
		),
		badge(filter.status, open ? 'good' : 'waiting'),
	];
}

function buildUser(user) {
	return [
		make(
			'div',
			{},
			make('strong', {}, user.name),
			make('small', {}, `user ${user.id} · ${user.phone_number}`),
		),
	];
}

function outcomeOf(call) {
	if (call.status === 'ended') {
		return badge(
			call.started_at ? `${call.outcome}, ${Math.round(call.duration)} s` : call.outcome,
			call.outcome === 'successful' ? 'good' : 'bad',
		);
	}
	const waits = call.status === 'created' && call.scheduled_for;
	return badge(waits ? `at ${clock(call.scheduled_for)}` : call.status, 'waiting');
}

function buildCall(call) {
	const reached = STAGES.indexOf(call.status);
	const skipped = call.status === 'ended' && call.started_at === null ? 'started' : undefined;
	const name = Object.values(call.custom_fields_data).filter(Boolean).join(' ');
	const group = call.filter_name ?? `target group ${call.filter_id}`;
	const user = call.user_name ?? (call.user_id ? `user ${call.user_id}` : undefined);
	return [
		make(
			'div',
			{},
			make('strong', {}, name ? `${name}, ${call.phone_number}` : call.phone_number),
			make('small', {}, [`call ${call.id}`, group, user].filter(Boolean).join(' · ')),
			call.scheduled_for && make('small', {}, `scheduled for ${yourTime(call.scheduled_for)}`),
		),
		outcomeOf(call),
		make(
			'ol',
			{ class: 'stages', 'aria-label': 'Stages' },
			...STAGES.map((stage, index) =>
				make(
					'li',
					{
						class: index <= reached && stage !== skipped ? 'reached' : undefined,
						'aria-current': stage === call.status && 'step',
					},
					stage,
				),
			),
		),
		call.status !== 'ended' &&
			make(
				'button',
				{
					type: 'button',
					'aria-label': `Next stage of call ${call.id}`,
					click: () => act('POST', `/sandbox/calls/${call.id}/step`),
				},
				'Next stage',
			),
		call.recording_ready &&
			make('audio', {
				controls: '',
				preload: 'metadata',
				src: `/sandbox/calls/${call.id}/recording`,
				'aria-label': `Recording of call ${call.id}`,
			}),
	].filter(Boolean);
}

/** Where something is delivered to: by the workflow's name where `npm start` has said it. */
const receiver = ({ workflow, url }) => (workflow ? `“${workflow}” in n8n` : url);

function buildWebhook(webhook) {
	return [
		make(
			'div',
			{},
			make('strong', {}, capital(chosenWords('event', webhook.event))),
			make(
				'small',
				{ title: webhook.url },
				[receiver(webhook), chosenWords('form', webhook.form), webhook.workflow && 'from npm start']
					.filter(Boolean)
					.join(' · '),
			),
		),
		make(
			'button',
			{
				type: 'button',
				'aria-label': `Remove the webhook to ${receiver(webhook)} for when ${chosenWords('event', webhook.event)}`,
				click: () => act('DELETE', `/sandbox/webhooks/${webhook.id}`),
			},
			'Remove',
		),
	];
}

function buildDelivery(delivery) {
	const tone = { pending: 'waiting', delivered: 'good', failed: 'bad' }[delivery.state];
	const words = delivery.answer ? `Answer: ${delivery.answer}` : delivery.error;
	const result = delivery.status ?? (delivery.state === 'pending' ? 'under way' : 'no answer');
	return [
		make(
			'div',
			{},
			make('strong', {}, `${capital(chosenWords('event', delivery.event))}: ${delivery.callId}`),
			make('small', { title: delivery.url }, `${clock(delivery.at)} · ${receiver(delivery)}`),
			words && make('small', { class: delivery.state === 'failed' && 'bad' }, words),
		),
		badge(`${result}`, tone),
		make(
			'button',
			{
				type: 'button',
				'aria-label': `Send again that ${chosenWords('event', delivery.event)}: ${delivery.callId}`,
				click: () => act('POST', `/sandbox/deliveries/${delivery.id}/resend`),
			},
			'Send again',
		),
	];
}

function buildExample(example) {
	const link = (href, text) => make('a', { href, target: '_blank' }, text);
	return [
		make(
			'div',
			{},
			make('strong', {}, link(example.url, example.name)),
			make('small', {}, example.about),
			example.inactive && make('small', { class: 'waiting' }, example.inactive),
			example.form && link(example.form, 'Open its form'),
		),
		example.leads && buildLeadForm(example),
	].filter(Boolean);
}

/** The form of a website, which posts to a workflow and leads to its answer. */
function buildLeadForm({ leads }) {
	const field = (label, attributes) =>
		make('label', {}, label, make('input', { required: '', ...attributes }));
	return make(
		'form',
		{ class: 'lead', action: leads, method: 'post', target: '_blank' },
		field("A visitor's name", { name: 'name', value: 'Mary' }),
		field('Phone', { name: 'phone', type: 'tel', value: '+44 20 7946 0123' }),
		make('button', {}, 'Send it as a website does'),
	);
}

/** Shows where n8n is, if `npm start` has started one. */
function showN8n(n8n) {
	byId('demo').hidden = !n8n;
	if (!n8n) return;
	byId('n8n').href = byId('n8n').textContent = n8n.url;
	byId('n8n-email').textContent = n8n.email;
	byId('n8n-password').textContent = n8n.password;
	const examples = n8n.examples.map((example) => ({ id: example.url, ...example }));
	showList(byId('examples'), examples, 'None', buildExample);
}

/** Fills a choice, and keeps what is chosen where it is still there. */
function showOptions(select, options) {
	const content = JSON.stringify(options);
	if (select.dataset.content === content) return;
	const chosen = select.value;
	select.dataset.content = content;
	select.replaceChildren(...options.map(([value, text]) => make('option', { value }, text)));
	if (options.some(([value]) => String(value) === chosen)) select.value = chosen;
}

const widget = byId('widget');
let filters = [];

function showTimes() {
	const filter = filters.find(({ id }) => String(id) === widget.elements.filter_id.value);
	const times = (filter?.available_call_times ?? []).map((time) => [time, clock(time)]);
	const now = filter?.status === 'available' ? [['', 'Now']] : [];
	const none = now.length + times.length === 0 ? [['', 'Nobody is there; ask all the same']] : [];
	showOptions(widget.elements.scheduled_for, [...now, ...times, ...none]);
}

function show(state) {
	byId('api-key').textContent = state.apiKey;
	showN8n(state.n8n);
	byId('base-url').textContent = `${location.origin}/v1`;
	filters = state.filters;
	showOptions(
		widget.elements.filter_id,
		filters.map(({ id, name }) => [id, name]),
	);
	showTimes();
	showList(byId('filters'), state.filters, 'None', buildFilter);
	showList(byId('users'), state.users, 'None', buildUser);
	showList(byId('calls'), state.calls, 'No calls yet. Ask for one.', buildCall);
	showList(byId('webhooks'), state.webhooks, 'Nobody is told of calls yet.', buildWebhook);
	showList(byId('deliveries'), state.deliveries, 'Nothing has been sent yet.', buildDelivery);
	for (const box of document.querySelectorAll('[data-fault]')) {
		box.checked = state.faults[box.dataset.fault];
	}
}

/** Lets a form send its fields; says below it what came of it. */
function onSubmit(form, run) {
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		clearOutputs();
		const output = form.querySelector('output');
		const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
		try {
			output.textContent = await run(fields);
			output.className = 'good';
		} catch (error) {
			output.textContent = error.message;
			output.className = 'bad';
		}
	});
}

onSubmit(widget, async (fields) => {
	const { call } = await send('POST', '/sandbox/widget', fields);
	widget.elements.name.value = '';
	widget.elements.phone_number.value = '';
	return call.scheduled_for
		? `Thank you. We call you at ${yourTime(call.scheduled_for)}.`
		: 'Thank you. We call you in a moment.';
});

onSubmit(byId('subscribe'), async (fields) => {
	await send('POST', '/sandbox/webhooks', fields);
	byId('subscribe').elements.url.value = '';
	return 'Added.';
});

widget.elements.filter_id.addEventListener('change', showTimes);
byId('reset').addEventListener('click', () => act('POST', '/sandbox/reset'));
for (const box of document.querySelectorAll('[data-fault]')) {
	box.addEventListener('change', async () => {
		const done = await act('PUT', `/sandbox/faults/${box.dataset.fault}`, { on: box.checked });
		if (!done) box.checked = !box.checked;
	});
}

// On a phone the examples would fill the first screens.
if (matchMedia('(max-width: 52rem)').matches) document.querySelector('details').open = false;

const events = new EventSource('/sandbox/events');
events.addEventListener('state', (event) => {
	byId('connection').textContent = '';
	show(JSON.parse(event.data));
});
events.addEventListener('error', () => {
	byId('connection').textContent = 'The sandbox does not answer; trying again…';
});
