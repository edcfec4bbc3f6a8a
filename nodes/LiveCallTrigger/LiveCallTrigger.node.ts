import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { CALL_EVENTS, EVENTS } from '../shared/events';
import { ACCEPTED } from './delivery/rejections';
import { handleDelivery } from './delivery/handle';
import { checkEntered } from './delivery/settings';

/** What the panel calls each event, as JSON. */
const EVENT_NAMES = JSON.stringify(
	Object.fromEntries(EVENTS.map(({ value, name }) => [value, name])),
);

const TEST_MODE =
	'Webhooks have two modes: test and production.<br /><br /><b>Use test mode while you build</b>. Start listening with the button above, add the <b>Test URL</b> in LiveCall and place a call there. What arrives is shown here.<br /><br />';

export class LiveCallTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'LiveCall Trigger',
		name: 'liveCallTrigger',
		icon: { light: 'file:../../icons/livecall.svg', dark: 'file:../../icons/livecall.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: `={{ [$parameter["events"] ?? []].flat().map((event) => (${EVENT_NAMES})[event] ?? event).join(", ") }}`,
		description: 'Starts the workflow when a call was created or has ended in LiveCall',
		defaults: { name: 'LiveCall Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'liveCallApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: ACCEPTED,
				path: 'webhook',
			},
		],
		hints: [
			{
				message:
					'These calls are not verified: anybody who knows the URL can make them up. Switch on "Verify With LiveCall" to check each call with LiveCall.',
				type: 'warning',
				location: 'outputPane',
				whenToDisplay: 'always',
				displayCondition: '={{ $parameter["verifyCalls"] === false }}',
			},
			{
				message:
					'While LiveCall cannot be asked, calls that it has not confirmed start the workflow too. Their "verified" field is false.',
				location: 'outputPane',
				whenToDisplay: 'always',
				displayCondition:
					'={{ $parameter["verifyCalls"] !== false && $parameter["options"]?.["whenUnverifiable"] === "accept" }}',
			},
		],
		eventTriggerDescription: 'Place a call in LiveCall, whose webhook must lead to the Test URL',
		triggerPanel: {
			header: 'Listen for calls from LiveCall',
			executionsHelp: {
				inactive: `${TEST_MODE}<b>Use production mode to run by itself</b>. Publish the workflow and add the <b>Production URL</b> in LiveCall.`,
				active: `${TEST_MODE}<b>In production mode the workflow runs by itself</b>, as LiveCall calls the <b>Production URL</b>. See its runs under Executions.`,
			},
			activationHint:
				'Once the workflow is published, add the Production URL in LiveCall, and it runs by itself.',
		},
		properties: [
			{
				displayName:
					// Of all tags, n8n's notices keep only a, ul and li. The bullets stand for numbers.
					'<ul><li>First copy the URL under Webhook URLs above: the Test URL to try it out, the Production URL for the published workflow. LiveCall must be able to reach it over the internet.</li><li>If the credential has a Webhook Token, add ?token= and the token to the URL.</li><li>Then add the URL in LiveCall under <a href="https://app.livecall.io/settings/integrations/webhooks" target="_blank">Settings → Integrations → Webhooks</a>, once for each event. n8n cannot do this for you.</li></ul>',
				name: 'setupNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				required: true,
				default: [...CALL_EVENTS],
				description: 'What starts the workflow',
				options: EVENTS.map(({ name, value, description }) => ({ name, value, description })),
			},
			{
				displayName: 'Verify With LiveCall',
				name: 'verifyCalls',
				type: 'boolean',
				default: true,
				description:
					'Whether to read each call from LiveCall and use only that answer. LiveCall does not sign its webhooks, so without this anybody who knows the URL can make up calls.',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Ignore Repeats',
						name: 'ignoreRepeats',
						type: 'boolean',
						default: true,
						description:
							'Whether to start the workflow only once for the same event of the same call. A call that ends anew is no repeat.',
					},
					{
						displayName: 'Outcome',
						name: 'outcome',
						type: 'options',
						default: 'any',
						description:
							'Which calls start the workflow, by how they ended. Unless it is "Any", only calls that have ended start it.',
						options: [
							{ name: 'Any', value: 'any' },
							{
								name: 'Successful',
								value: 'successful',
								description: 'Only calls that ended successfully',
							},
							{
								name: 'Unsuccessful',
								value: 'unsuccessful',
								description: 'Only calls that ended in any other way',
							},
						],
					},
					{
						displayName: 'Target Groups',
						name: 'filterIds',
						type: 'string',
						typeOptions: { rows: 2 },
						default: '',
						placeholder: 'e.g. 12, 34',
						description:
							'Only calls of these target groups, by their IDs or the addresses of their edit pages, separated by commas or lines. The ID is the number in the address: https://app.livecall.io/targeting/ID/edit.',
					},
					{
						displayName: 'When Unverifiable',
						name: 'whenUnverifiable',
						type: 'options',
						default: 'reject',
						description: 'What to do if LiveCall cannot be asked about a call',
						displayOptions: { show: { '/verifyCalls': [true] } },
						options: [
							{
								name: 'Accept',
								value: 'accept',
								description:
									'Start the workflow with what the webhook says, and set "verified" to false',
							},
							{
								name: 'Reject',
								value: 'reject',
								description: 'Answer with status 503 and start nothing',
							},
						],
					},
				],
			},
		],
	};

	// LiveCall's API cannot make, list or remove webhook subscriptions (LiveCall's help centre, webhooks): a person does it
	// by hand. What n8n calls when the workflow is published or listened for serves to check the settings.
	webhookMethods = {
		default: {
			async checkExists(): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				checkEntered(this.getNode());
				return true;
			},
			async delete(): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await handleDelivery(this);
	}
}
