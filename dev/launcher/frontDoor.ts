import type { ExampleOnPage, N8nOnPage } from '../sandbox';
import type { Demo, DemoWorkflow } from './demo';
import { leadsPath, whyInactive } from './describe';
import { aboutOf, formPath } from './examples';
import type { Owner } from './rest';

/**
 * What the sandbox's page says of n8n: it is the demo's front door.
 * @param url where n8n is
 */
export function frontDoor(
	url: string,
	{ email, password }: Owner,
	workflows: Demo['workflows'],
): N8nOnPage {
	const leads = leadsPath(workflows);
	const addressOf = (folder: string, path: string | undefined) =>
		path === undefined ? undefined : `${url}/${folder}/${path}`;
	const shown = (workflow: DemoWorkflow): ExampleOnPage => {
		const { example, active } = workflow;
		return {
			name: example.name,
			about: aboutOf(example),
			url: `${url}/workflow/${example.id}`,
			form: addressOf('form', active ? formPath(example) : undefined),
			leads: addressOf('webhook', workflow === leads?.workflow ? leads.path : undefined),
			inactive: whyInactive(workflow)?.join(' '),
		};
	};
	return { url, email, password, examples: workflows.map(shown) };
}
