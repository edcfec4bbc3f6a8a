import type { Browser, Page } from 'playwright-core';

import { poll } from '../../dev/launcher/poll';
import type { Sandbox } from '../../dev/sandbox';
import { ask, receiverOf, sandboxWith, stopAll } from '../sandbox/helpers';
import { launchBrowser } from './helpers/chromium';
import { openCamera, SCALE, type Camera } from './helpers/images';

const VISITOR = { name: 'Mary Jones', phone: '+44 20 7946 0123' };
const N8N = 'http://127.0.0.1:5678';
const PATIENCE_MS = 20_000;
const TIMEOUT_MS = 120_000;

let browser: Browser;
let camera: Camera;
let sandbox: Sandbox;

beforeAll(async () => {
	browser = await launchBrowser();
	camera = await openCamera();
}, TIMEOUT_MS);
afterAll(async () => await browser.close());

beforeEach(async () => {
	sandbox = await sandboxWith();
});
afterEach(async () => {
	await Promise.all(browser.contexts().map(async (context) => await context.close()));
	await stopAll();
});

/** Opens the page in a window of a size in pixels; gives what the page complains about, too. */
async function openPage(width = 1280, height = 900): Promise<{ page: Page; complaints: string[] }> {
	const context = await browser.newContext({
		viewport: { width, height },
		deviceScaleFactor: SCALE,
		locale: 'en-GB',
		timezoneId: 'Asia/Tokyo',
		hasTouch: width < 500,
	});
	const page = await context.newPage();
	page.setDefaultTimeout(PATIENCE_MS);
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error') complaints.push(message.text());
	});
	await page.goto(sandbox.pageUrl);
	await page.getByText(sandbox.apiKey).waitFor();
	return { page, complaints };
}

/** Goes on by the Tab key until a control is reached, which has to be seen then. */
async function tabTo(page: Page, role: Parameters<Page['getByRole']>[0], name: string | RegExp) {
	const control = page.getByRole(role, { name });
	for (let presses = 0; presses < 60; presses++) {
		if (await control.evaluate((element) => element === element.ownerDocument.activeElement)) {
			expect(await control.evaluate((element) => element.matches(':focus-visible'))).toBe(true);
			return control;
		}
		await page.keyboard.press('Tab');
	}
	throw new Error(`The Tab key does not lead to ${String(name)}.`);
}

/** Fills in the visitor's form and sends it. */
async function askForCall(page: Page): Promise<void> {
	await page.getByLabel('Your name').fill(VISITOR.name);
	await page.getByLabel('Your phone number').fill(VISITOR.phone);
	await page.getByRole('button', { name: 'Call me' }).click();
	await page.getByText('Thank you. We call you in a moment.').waitFor();
}

/** The stage that a call has reached, by what the page marks as the current one. */
function currentStage(page: Page) {
	return page.locator('#calls [aria-current=step]');
}

describe("the sandbox's page", () => {
	it(
		'lets a call be asked for, moved on and heard by the keyboard alone, without reloading',
		async () => {
			const { page, complaints } = await openPage();
			await tabTo(page, 'textbox', 'Your name');
			await page.keyboard.type(VISITOR.name);
			await tabTo(page, 'textbox', 'Your phone number');
			await page.keyboard.type(VISITOR.phone);
			await page.keyboard.press('Enter');
			await page.getByText(`${VISITOR.name}, ${VISITOR.phone}`).waitFor();
			expect(sandbox.calls.all()).toHaveLength(1);

			const document = page.locator('html');
			await document.evaluate((root) => root.setAttribute('data-marked', ''));
			for (const stage of ['created', 'initiated', 'started']) {
				await currentStage(page).getByText(stage, { exact: true }).waitFor();
				await tabTo(page, 'button', /^Next stage of call/);
				await page.keyboard.press('Enter');
			}
			await currentStage(page).getByText('ended', { exact: true }).waitFor();
			await page.getByText(/^successful, \d+ s$/).waitFor();
			await page.getByText(/^call \d+ · Sales · Amelia Clarke$/).waitFor();
			expect(await document.getAttribute('data-marked')).toBe('');

			const recording = page.locator('audio');
			await poll(
				async () =>
					(await recording.evaluate((audio: { duration: number }) => audio.duration)) === 3 ||
					undefined,
				{ what: 'The length of a recording that nobody has played', timeoutMs: PATIENCE_MS },
			);
			await recording.focus();
			await page.keyboard.press('Space');
			await poll(
				async () =>
					(await recording.evaluate((audio: { currentTime: number }) => audio.currentTime)) > 0 ||
					undefined,
				{ what: 'A recording that plays', timeoutMs: PATIENCE_MS },
			);
			expect(complaints).toEqual([]);
		},
		TIMEOUT_MS,
	);

	it(
		'shows calls that move by themselves, whoever placed them',
		async () => {
			const { page } = await openPage();
			const { id } = sandbox.calls.add({ phone_number: VISITOR.phone });
			await page.getByText(VISITOR.phone).waitFor();
			await currentStage(page).getByText('created', { exact: true }).waitFor();
			sandbox.calls.end(id);
			await currentStage(page).getByText('ended', { exact: true }).waitFor();
		},
		TIMEOUT_MS,
	);

	it(
		'adds a webhook, shows what became of each delivery, and sends it again',
		async () => {
			const { page, complaints } = await openPage();
			const words = 'Nothing was started: this was delivered before';
			const { url: address } = await receiverOf(404, JSON.stringify({ message: words }));
			await page.getByLabel('To this address, on this computer').fill('not an address');
			await page.getByRole('button', { name: 'Add webhook' }).click();
			expect(sandbox.webhooks.all()).toEqual([]);

			await page.getByLabel('To this address, on this computer').fill(address);
			await page.getByRole('button', { name: 'Add webhook' }).click();
			const remove = page.getByRole('button', {
				name: `Remove the webhook to ${address} for when a call ended`,
			});
			await remove.waitFor();

			const { id } = sandbox.calls.add({ phone_number: VISITOR.phone });
			sandbox.calls.end(id);
			const deliveries = page.locator('#deliveries');
			await deliveries.getByText('404', { exact: true }).waitFor();
			await deliveries.getByText(`Answer: ${words}`).waitFor();
			await page.getByRole('button', { name: `Send again that a call ended: ${id}` }).click();
			await deliveries.getByText('404', { exact: true }).nth(1).waitFor();

			await remove.click();
			await remove.waitFor({ state: 'detached' });
			expect(sandbox.webhooks.all()).toEqual([]);
			expect(complaints).toEqual([]);
		},
		TIMEOUT_MS,
	);

	it(
		'tells the time of a scheduled call in the zone of whoever looks, and that nobody took a call',
		async () => {
			const { page } = await openPage();
			const request = { filter_id: 3, scheduledForMs: Date.UTC(2030, 0, 1, 9), user_id: null };
			sandbox.calls.place({ ...request, phone_number: VISITOR.phone }, 'api');
			await page
				.getByText(/^scheduled for Tue.* 1 Jan 2030.* 18:00 \(your time, Asia\/Tokyo\)$/)
				.waitFor();
			sandbox.calls.end(sandbox.calls.add().id, { outcome: 'failed' });
			await page.locator('#calls').getByText('failed', { exact: true }).waitFor();
			expect(await page.locator('body').textContent()).not.toMatch(/null|undefined/);
		},
		TIMEOUT_MS,
	);

	it(
		'says nothing of n8n if it stands alone',
		async () => {
			const { page } = await openPage();
			expect(await page.getByRole('heading', { name: 'Start here' }).isVisible()).toBe(false);
		},
		TIMEOUT_MS,
	);

	it(
		'is the front door of n8n: its login, each example with its link, and the forms',
		async () => {
			const taken = await receiverOf(200, '{"message":"We are calling you now"}');
			const example = { about: 'It calls. It says so.', url: `${N8N}/workflow/1` };
			sandbox.showN8n({
				...{ url: N8N, email: 'me@example.com', password: 'my-password' },
				examples: [
					{ ...example, name: 'Choose a time', form: `${N8N}/form/2` },
					{ ...example, name: 'Callback', url: `${N8N}/workflow/2`, leads: taken.url },
					{ ...example, name: 'Agent', url: `${N8N}/workflow/3`, inactive: 'It needs a key.' },
				],
			});
			const { page } = await openPage();
			for (const words of ['me@example.com', 'my-password', 'What to try', 'It needs a key.']) {
				await page.getByText(words, { exact: true }).waitFor();
			}
			expect(await page.getByText(example.about).count()).toBe(3);
			for (const [name, address] of [
				[N8N, N8N],
				['Agent', `${N8N}/workflow/3`],
				['Open its form', `${N8N}/form/2`],
			] as const) {
				expect(await page.getByRole('link', { name }).getAttribute('href')).toBe(address);
			}
			await page.getByLabel('Phone', { exact: true }).fill(VISITOR.phone);
			await page.getByRole('button', { name: 'Send it as a website does' }).click();
			const lead = await poll(async () => await Promise.resolve(taken.received[0]), {
				what: 'A lead',
				timeoutMs: PATIENCE_MS,
			});
			expect(new URLSearchParams(lead.body).get('phone')).toBe(VISITOR.phone);
		},
		TIMEOUT_MS,
	);

	it(
		'folds what a list has beyond ten, so that a phone is not drowned in it',
		async () => {
			for (let count = 0; count < 50; count++) sandbox.calls.end(sandbox.calls.add().id);
			const { page } = await openPage(390);
			const calls = page.locator('#calls > li').filter({ visible: true });
			const unfold = page.getByRole('button', { name: 'Show all 50' });
			await unfold.waitFor();
			expect(await calls.count()).toBe(10);
			expect(await page.locator('html').evaluate((root) => root.scrollHeight)).toBeLessThan(6000);
			await unfold.click();
			expect(await calls.count()).toBe(50);
			// Also after the next change of anything.
			sandbox.calls.add({ phone_number: VISITOR.phone });
			await page.getByText(VISITOR.phone).waitFor();
			expect(await calls.count()).toBe(50);
			await page.getByRole('button', { name: 'Show 10 only' }).click();
			expect(await calls.count()).toBe(10);
			await page.getByText(VISITOR.phone).waitFor();
		},
		TIMEOUT_MS,
	);

	it(
		'names the workflows that are told of calls',
		async () => {
			const { url } = await receiverOf(200, '{"message":"Workflow was started"}');
			sandbox.webhooks.subscribe({ event: 'call.ended', url, workflow: 'After the call' });
			const { page } = await openPage();
			sandbox.calls.end(sandbox.calls.add().id);
			await page.locator('#deliveries').getByText('“After the call” in n8n').waitFor();
			await page.getByText('Answer: Workflow was started').waitFor();
			await page.getByRole('button', { name: 'Start afresh' }).click();
			await page.getByText('Nothing has been sent yet.').waitFor();
			await page
				.locator('#webhooks')
				.getByText('“After the call” in n8n · JSON with the call · from npm start')
				.waitFor();
		},
		TIMEOUT_MS,
	);

	it(
		'shows the calls right after the form on a phone, and beside it on a desk',
		async () => {
			const gap = async (width: number) => {
				const { page } = await openPage(width);
				const box = async (name: string) => {
					const found = await page.locator('main section', { hasText: name }).first().boundingBox();
					if (!found) throw new Error(`There is no section "${name}"`);
					return found;
				};
				const form = await box('Ask for a call');
				const calls = await box('Calls');
				const groups = await box('Target groups');
				return { form, calls, groups, below: calls.y - (form.y + form.height) };
			};
			for (const width of [320, 390, 768]) {
				const { below, calls, groups } = await gap(width);
				expect(below).toBeGreaterThan(0);
				expect(below).toBeLessThan(40);
				expect(groups.y).toBeGreaterThan(calls.y);
			}
			const { form, calls, groups } = await gap(1280);
			expect(calls.y).toBe(form.y);
			expect(calls.x).toBeGreaterThan(form.x + form.width);
			expect(groups.y - (form.y + form.height)).toBeLessThan(40);
		},
		TIMEOUT_MS,
	);

	it(
		'switches faults on and off, and starts afresh',
		async () => {
			const { page } = await openPage();
			const status = async () => (await ask(sandbox, 'GET', '/users')).status;
			for (const [name, expected] of [
				[/LiveCall is down/, 503],
				[/Too many requests/, 429],
			] as const) {
				const fault = page.getByRole('switch', { name });
				for (const on of [true, false]) {
					const answered = page.waitForResponse(/\/sandbox\/faults\//);
					await fault.setChecked(on);
					expect((await answered).status()).toBe(200);
					expect(await status()).toBe(on ? expected : 200);
				}
			}
			await askForCall(page);
			await page.getByRole('button', { name: 'Start afresh' }).click();
			await page.getByText('No calls yet. Ask for one.').waitFor();
			expect(sandbox.calls.all()).toEqual([]);
		},
		TIMEOUT_MS,
	);

	it(
		"shows the call that rings beside the visitor's form",
		async () => {
			const { page } = await openPage(1040);
			sandbox.calls.end(sandbox.calls.add({ phone_number: '+44 20 7946 0195' }).id);
			await askForCall(page);
			sandbox.calls.step(sandbox.calls.all()[1]?.id ?? 0);
			await currentStage(page).getByText('initiated', { exact: true }).waitFor();
			const section = (name: string) => `section:has(#${name}-title)`;
			await camera.take(page, 'sandbox', {
				of: [page.locator(section('widget')), page.locator(section('calls'))],
				margin: 8,
				hide: ['webhooks', 'deliveries', 'filters'].map(section).join(', '),
			});
		},
		TIMEOUT_MS,
	);

	it.each([
		[320, undefined],
		[375, 'sandbox-phone'],
		[768, undefined],
		[1280, undefined],
	])(
		'cuts off nothing in a window of %d pixels',
		async (width, picture) => {
			const { page } = await openPage(width);
			const { url } = await receiverOf(200, '{"message":"Workflow was started"}');
			// As long as the addresses that n8n gives, with a token behind.
			sandbox.webhooks.subscribe({
				event: 'call.ended',
				url: `${url}/0c5bd0f1-3c7e-4f3a-9d55-0d8f7c1b2a01/webhook?token=0123456789abcdef0123456789abcdef`,
			});
			await askForCall(page);
			sandbox.calls.end(sandbox.calls.all()[0]?.id ?? 0);
			await page.locator('#deliveries').getByText('200', { exact: true }).waitFor();
			const { beyond, wide } = await page.locator('html').evaluate((root) => ({
				beyond: [...root.querySelectorAll('body *')]
					.filter((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5)
					.map((element) => element.outerHTML.slice(0, 100)),
				wide: root.scrollWidth - root.clientWidth,
			}));
			expect(beyond).toEqual([]);
			expect(wide).toBe(0);
			if (picture !== undefined) {
				await camera.take(page, picture, {
					of: [page.locator('body')],
					height: 764,
					hide: ['filters', 'users', 'faults']
						.map((name) => `section:has(#${name}-title)`)
						.join(', '),
				});
			}
		},
		TIMEOUT_MS,
	);
});
