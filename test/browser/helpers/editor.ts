import type { Locator, Page } from 'playwright-core';

import { poll } from '../../../dev/launcher/poll';
import type { Owner } from '../../../dev/launcher/rest';
import { WINDOW } from './images';

/** How long something may take to be seen, in milliseconds: the machine may be busy with other things. */
export const PATIENCE_MS = 60_000;

/** n8n's editor in a browser's tab, in the words of the person in front of it. */
export class Editor {
	/** The panel of the opened node. */
	readonly panel: Locator;

	/** The part of the panel that shows what the node put out. */
	readonly output: Locator;

	/** The dialog of a credential. */
	readonly credentialDialog: Locator;

	/** The list in which nodes are looked up. */
	readonly nodeCreator: Locator;

	/**
	 * @param page a tab whose tests look elements up by `data-test-id`.
	 * @param url n8n's address without a trailing slash.
	 */
	constructor(
		readonly page: Page,
		readonly url: string,
	) {
		page.setDefaultTimeout(PATIENCE_MS);
		this.panel = page.getByTestId('ndv');
		this.output = page.getByTestId('output-panel');
		this.credentialDialog = page.getByTestId('editCredential-modal');
		this.nodeCreator = page.locator('aside').filter({
			has: page.getByTestId('node-creator-search-bar').or(page.getByTestId('nodes-list-header')),
		});
	}

	/** Signs in by the form, as a person does. */
	async signIn(owner: Owner): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('input[name=emailOrLdapLoginId]').fill(owner.email);
		await this.page.locator('input[name=password]').fill(owner.password);
		await this.page.getByTestId('form-submit-button').click();
		await this.page.waitForURL((address) => address.pathname.startsWith('/home'));
	}

	/** Opens a new workflow and types into the search for its first node. */
	async searchFirstNode(text: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('canvas-add-button').click();
		await this.page.getByTestId('node-creator-search-bar').fill(text);
	}

	/** Opens a stored workflow and waits until all of its nodes are drawn, notes included. */
	async openCanvas(workflowId: string, nodes: number): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		const last = this.page.locator('.vue-flow__node').nth(nodes - 1);
		await last.waitFor();
		// The canvas moves until all of them fit in.
		const element = await last.elementHandle();
		await element?.waitForElementState('stable');
		// Only with all types and credentials at hand does it know what is wrong with a node.
		await this.page.waitForLoadState('networkidle');
	}

	/** The LiveCall nodes on the canvas that bear a mark because something is missing or wrong. */
	get markedNodes(): Locator {
		return this.page
			.locator('.vue-flow__node')
			.filter({ has: this.page.locator('img[src*="n8n-nodes-livecall"]') })
			.filter({ has: this.page.getByTestId('node-issues') });
	}

	/** The notes on the canvas: how each begins, how high it is, and how high its text is, in pixels. */
	async notes(): Promise<Array<{ begins: string; height: number; text: number }>> {
		return await this.page.getByTestId('sticky').evaluateAll((notes) =>
			notes.map((note: DrawnNote) => ({
				begins: note.innerText.slice(0, 30),
				height: note.clientHeight,
				text: note.firstElementChild.firstElementChild.firstElementChild.scrollHeight + 16,
			})),
		);
	}

	/** Opens the panel of a node in a stored workflow. */
	async openPanel(workflowId: string, nodeId: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}/${nodeId}`);
		await this.panel.getByTestId('node-parameters').waitFor();
	}

	/** The row of a field in the panel, or in the credential's dialog. */
	field(name: string, within: Locator = this.panel): Locator {
		return within.getByTestId(`parameter-input-${name}`);
	}

	/** Types into a field, in place of what stands there, and leaves it. */
	async type(name: string, text: string, within: Locator = this.panel): Promise<void> {
		const input = this.field(name, within).locator('input');
		await input.fill(text);
		await input.blur();
	}

	/** Chooses from a field's list, in the words that the list shows. */
	async choose(name: string, choice: string): Promise<void> {
		await this.field(name).click();
		await this.pick(choice);
		await shows(this.field(name).locator('input'), choice);
	}

	/** Adds a field to one of the panel's collections, by the words on its button. */
	async add(button: string, choice: string): Promise<void> {
		await this.panel
			.getByTestId('collection-parameter-add')
			.filter({ has: this.page.getByPlaceholder(button) })
			.click();
		await this.pick(choice);
	}

	/** A field that offers several ways of naming something. */
	locatorField(name: string): Locator {
		return this.panel.getByTestId(`resource-locator-${name}`);
	}

	/** Chooses one of those ways. */
	async chooseMode(name: string, mode: string): Promise<void> {
		const selector = this.locatorField(name).getByTestId('rlc-mode-selector');
		await selector.click();
		await this.pick(mode);
		await shows(selector.locator('input'), mode);
	}

	/** Pastes from the clipboard into such a field, in place of what stands there. */
	async pasteInto(name: string, text: string): Promise<void> {
		const input = this.locatorField(name).getByTestId('rlc-input');
		await input.click();
		await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
		await input.press('ControlOrMeta+A');
		await input.press('ControlOrMeta+V');
		await shows(input, text);
		await input.blur();
	}

	/** What is wrong with a field, as its warning sign says when it is pointed at. */
	async complaintAbout(field: Locator): Promise<string> {
		await field.getByTestId('parameter-issues').hover();
		const tip = this.page
			.locator('[data-reka-popper-content-wrapper]')
			.filter({ hasText: 'Issues', visible: true });
		return (await tip.innerText()).trim();
	}

	/** Waits until a field has no warning sign: what was typed has reached the workflow, and is accepted. */
	async accepted(field: Locator): Promise<void> {
		await field.getByTestId('parameter-issues').waitFor({ state: 'detached' });
	}

	/** Runs the node of the panel and waits until it has succeeded or failed. */
	async execute(outcome: 'success' | 'danger'): Promise<void> {
		await this.panel.getByTestId('node-execute-button').first().click();
		await this.output.getByTestId(`node-run-status-${outcome}`).waitFor();
	}

	/** Takes the pointer off whatever it is on, so that nothing is shown as pointed at. */
	async pointNowhere(): Promise<void> {
		await this.page.mouse.move(WINDOW.viewport.width / 2, 3);
	}

	/** Clicks an entry of the list that has just opened. */
	private async pick(choice: string): Promise<void> {
		await this.page
			.getByRole('option')
			.filter({ has: this.page.getByText(choice, { exact: true }), visible: true })
			.click();
	}
}

/** Waits until an input holds a text. */
export async function shows(input: Locator, text: string): Promise<void> {
	await poll(async () => ((await input.inputValue()) === text ? true : undefined), {
		what: `An input that shows "${text}"`,
		timeoutMs: PATIENCE_MS,
	});
}

/** What is asked of a note in the page. */
interface DrawnNote {
	innerText: string;
	clientHeight: number;
	/** Its frame, in which the rendered text lies two levels down. */
	firstElementChild: { firstElementChild: { firstElementChild: { scrollHeight: number } } };
}

/** What is asked of an image in the page; the types of a browser's own objects are not at hand here. */
interface DrawnImage {
	src: string;
	complete: boolean;
	naturalWidth: number;
	checkVisibility(): boolean;
}

/** The pictures within a part of the page, once all of them are drawn. */
export async function iconsIn(part: Locator): Promise<string[]> {
	const images = part.locator('img');
	await images.first().waitFor();
	return await poll(
		async () => {
			const drawn = await images.evaluateAll((elements) =>
				elements
					.filter((image: DrawnImage) => image.checkVisibility())
					.map((image: DrawnImage) => (image.complete && image.naturalWidth > 0 ? image.src : '')),
			);
			return drawn.length > 0 && drawn.every((source) => source !== '') ? drawn : undefined;
		},
		{ what: 'Pictures that are drawn', timeoutMs: PATIENCE_MS },
	);
}
