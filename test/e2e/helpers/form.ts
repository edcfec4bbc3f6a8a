import { at, parseJson, textAt } from '../../../dev/json';
import { poll } from '../../../dev/launcher/poll';

/** A form of n8n's, as a visitor's browser talks to it. */
export interface VisitorForm {
	/**
	 * Sends what the visitor filled in on the present page, and gives the HTML of the page that follows.
	 * @param fields by the names that n8n gives them: `field-0`, `field-1` and so on.
	 */
	submit(fields: Record<string, string>): Promise<string>;
	/** Does what an ending page does as soon as it is shown: it has the run go on. */
	shown(): Promise<void>;
}

/**
 * Opens a published form.
 * @param url its production address.
 */
export async function openForm(url: string): Promise<VisitorForm> {
	let page = url;
	await poll(async () => (await fetch(url)).ok || undefined, {
		what: `The form ${url}`,
		timeoutMs: 30_000,
	});
	return {
		submit: async (fields) => {
			const body = new FormData();
			for (const [name, value] of Object.entries(fields)) body.set(name, value);
			const answer = await fetch(page, { method: 'POST', body });
			const text = await answer.text();
			if (!answer.ok) throw new Error(`The form answered ${answer.status}: ${text}`);
			const told = text.startsWith('{') ? parseJson(text) : null;
			if (at(told, 'formWaitingUrl') !== undefined) page = textAt(told, 'formWaitingUrl');
			return await nextPage(page);
		},
		shown: async () => {
			await fetch(page, { method: 'POST' });
		},
	};
}

/** Sends a form of one page that answers by itself; gives the page that the visitor then reads. */
export async function askByForm(url: string, firstField: string): Promise<string> {
	await poll(async () => (await fetch(url)).ok || undefined, {
		what: `The form ${url}`,
		timeoutMs: 30_000,
	});
	const filledIn = new FormData();
	filledIn.set('field-0', firstField);
	const answer = await fetch(url, { method: 'POST', body: filledIn });
	return await answer.text();
}

/** Gives the labels in the list that a page offers, as its HTML has them. */
export function choicesOn(page: string): string[] {
	return [...page.matchAll(/<option value=.(\w[^'"]*).[ >]/g)].map(([, label]) => String(label));
}

/** Waits, as the page's own script does, until the execution has come to its next page. */
async function nextPage(url: string): Promise<string> {
	const status = new URL(url);
	status.pathname += '/n8n-execution-status';
	await poll(
		async () => {
			const told = await (await fetch(status)).text();
			return told === 'form-waiting' || undefined;
		},
		{ what: `The page after ${url}`, timeoutMs: 30_000 },
	);
	return await (await fetch(url)).text();
}
