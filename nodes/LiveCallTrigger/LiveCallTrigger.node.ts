import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { hasEnded } from '../shared/call';
import { InFlight } from '../shared/concurrency/inFlight';
import { readAccess, type Access } from '../shared/credential';
import { isObject } from '../shared/json';
import { ACCEPTED, turnedAway, type TurnedAway } from './delivery/answers';
import { mismatch, type Filters } from './delivery/filters';
import { readPayload, type Payload } from './delivery/payload';
import { Repeats } from './delivery/repeats';
import { tokenIsRight } from './delivery/token';
import { verifyCall } from './delivery/verification';

/** What a delivery is taken for, or how it is turned away. */
type Believed = { verified: boolean; call: IDataObject } | TurnedAway;

export class LiveCallTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'LiveCall Trigger',
		name: 'liveCallTrigger',
		icon: { light: 'file:../../icons/livecall.svg', dark: 'file:../../icons/livecall.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ ($parameter["events"] ?? []).map((event) => event === "call.ended" ? "Call ended" : "Call created").join(", ") }}',
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
					'These calls are not verified: anybody who knows the URL can make them up. Switch on "Verify With LiveCall" to believe only what LiveCall says.',
				type: 'warning',
				location: 'outputPane',
				whenToDisplay: 'always',
				displayCondition: '={{ $parameter["verifyCalls"] === false }}',
			},
			{
				message:
					'While LiveCall cannot be asked, calls that it has not confirmed start the workflow, too: their "verified" is false.',
				location: 'outputPane',
				whenToDisplay: 'always',
				displayCondition:
					'={{ $parameter["verifyCalls"] !== false && $parameter["options"]?.["whenUnverifiable"] === "accept" }}',
			},
		],
		eventTriggerDescription:
			'Have a call placed in LiveCall; its webhook must lead to the Test URL',
		triggerPanel: {
			header: 'Listen for calls from LiveCall',
			executionsHelp: {
				inactive:
					'Webhooks have two modes: test and production.<br /><br /><b>Use test mode while you build</b>. Start listening with the button above, add the <b>Test URL</b> in LiveCall and have a call placed; what arrives is shown here.<br /><br /><b>Use production mode to run by itself</b>. Publish the workflow and add the <b>Production URL</b> in LiveCall.',
				active:
					'Webhooks have two modes: test and production.<br /><br /><b>Use test mode while you build</b>. Start listening with the button above, add the <b>Test URL</b> in LiveCall and have a call placed; what arrives is shown here.<br /><br /><b>In production mode the workflow runs by itself</b>, as LiveCall calls the <b>Production URL</b>. See its runs under Executions.',
			},
			activationHint:
				'Once the workflow is published, add the Production URL in LiveCall, and it runs by itself.',
		},
		properties: [
			{
				displayName:
					'Open <b>Webhook URLs</b> above, copy the URL and add it in LiveCall under <a href="https://app.livecall.io/settings/integrations/webhooks" target="_blank">Settings → Integrations → Webhooks</a>, once for each event: the Test URL while you listen here, the Production URL for the published workflow. LiveCall must be able to reach that URL over the internet, and does not let n8n do this by itself. If the credential has a Webhook Token, add ?token= and the token to the URL.',
				name: 'setupNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				required: true,
				default: ['call.created', 'call.ended'],
				description: 'What starts the workflow',
				options: [
					{ name: 'Call Created', value: 'call.created', description: 'A call was asked for' },
					{ name: 'Call Ended', value: 'call.ended', description: 'A call is over' },
				],
			},
			{
				displayName: 'Verify With LiveCall',
				name: 'verifyCalls',
				type: 'boolean',
				default: true,
				description:
					'Whether to read each call from LiveCall and believe only that answer. LiveCall does not sign its webhooks, so without this anybody who knows the URL can make up calls.',
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
							'Whether to start the workflow only once for the same event of the same call',
					},
					{
						displayName: 'Outcome',
						name: 'outcome',
						type: 'options',
						default: 'any',
						description:
							'Which calls start the workflow, by how they ended; other than "Any", only ended calls do',
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
								description: 'Only calls that ended otherwise',
							},
						],
					},
					{
						displayName: 'Target Groups',
						name: 'filterIds',
						type: 'string',
						default: '',
						placeholder: 'e.g. 12, 34',
						description:
							'Only calls of these target groups, by their IDs or the addresses of their edit pages, separated by commas. The ID is the number in the address: https://app.livecall.io/targeting/ID/edit.',
					},
					{
						displayName: 'When Unverifiable',
						name: 'whenUnverifiable',
						type: 'options',
						default: 'reject',
						description: 'What to do while LiveCall cannot be asked about a call',
						displayOptions: { show: { '/verifyCalls': [true] } },
						options: [
							{
								name: 'Accept',
								value: 'accept',
								description:
									'Start the workflow with what the webhook says, marked as not verified',
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
	// by hand, so there is nothing to look for, to make or to remove.
	webhookMethods = {
		default: {
			async checkExists(): Promise<boolean> {
				return true;
			},
			async create(): Promise<boolean> {
				return true;
			},
			async delete(): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const repeats = new Repeats(this);
		return await repeats.during(async () => await handleDelivery(this, repeats));
	}
}

/**
 * Reading the credential is most of what the trigger costs: deliveries that arrive together read it once (n8n 2.41
 * makes an expression isolate for each reading outside of an execution, `CredentialsHelper.applyDefaultsAndOverwrites`).
 */
const accesses = new InFlight<Access>();

async function connect(functions: IWebhookFunctions): Promise<Access> {
	const { id, credentials } = functions.getNode();
	const credential = credentials?.liveCallApi?.id ?? '';
	return await accesses.ask(
		[functions.getWorkflow().id, id, credential, functions.getMode()].join(' '),
		async () => await readAccess(functions),
	);
}

/** From a delivery to a started workflow, or to the answer that turns it away. */
async function handleDelivery(
	functions: IWebhookFunctions,
	repeats: Repeats,
): Promise<IWebhookResponseData> {
	const access = await connect(functions);
	const query: unknown = functions.getQueryData();
	if (!tokenIsRight(access.webhookToken, isObject(query) ? query.token : undefined)) {
		return answer(functions, turnedAway.wrongToken);
	}

	const payload = readPayload(functions.getBodyData(), functions.getRequestObject().rawBody);
	if (!payload) return answer(functions, turnedAway.noCallId);

	const options = readOptions(functions);
	const believed = await believe(functions, payload, access, options.whenUnverifiable);
	if ('status' in believed) return answer(functions, believed);
	const { call, verified } = believed;

	const event = payload.event ?? (hasEnded(call) ? 'call.ended' : 'call.created');
	const other = mismatch(event, call, options.filters);
	if (other) return answer(functions, other);

	// While a person listens in the editor, sending the same call again is how they try things.
	const isTest = functions.getMode() === 'manual';
	const remembers = options.ignoreRepeats && !isTest;
	if (remembers && !repeats.claim(`${event} ${payload.callId}`)) {
		return answer(functions, turnedAway.repeat);
	}
	// Named twice: first in the order of the fields, last so that no field of the call can stand in for them.
	const item: IDataObject = { ...{ event, verified }, ...call, ...{ event, verified } };
	// Not by `returnJsonArray`: that takes an object with a field "json", which a delivery may have, for a whole item.
	const started = { workflowData: [[{ json: item }]] };
	if (!remembers || !repeats.needsAnswer) return started;
	functions.getResponseObject().status(200).send(ACCEPTED);
	return { ...started, noWebhookResponse: true };
}

/** What is believed of a delivery: LiveCall's own answer, or what it says itself where the settings allow that. */
async function believe(
	functions: IWebhookFunctions,
	payload: Payload,
	{ api }: Access,
	whenUnverifiable: unknown,
): Promise<Believed> {
	if (functions.getNodeParameter('verifyCalls', true) === false)
		return { verified: false, call: payload.fields };
	const verification = await verifyCall(functions, api, payload);
	if (verification === 'unknown') return turnedAway.unknownCall;
	if (verification !== 'unverifiable') return { verified: true, call: verification.call };
	return whenUnverifiable === 'accept'
		? { verified: false, call: payload.fields }
		: turnedAway.unverifiable;
}

interface TriggerOptions {
	filters: Filters;
	ignoreRepeats: boolean;
	whenUnverifiable: unknown;
}

function readOptions(functions: IWebhookFunctions): TriggerOptions {
	const given: unknown = functions.getNodeParameter('options', {});
	const { filterIds, outcome, ignoreRepeats, whenUnverifiable } = isObject(given) ? given : {};
	const events: unknown = functions.getNodeParameter('events', []);
	return {
		filters: {
			events: Array.isArray(events) ? events.map(String) : [],
			filterIds: readFilterIds(filterIds),
			outcome: outcome === 'successful' || outcome === 'unsuccessful' ? outcome : 'any',
		},
		ignoreRepeats: ignoreRepeats !== false,
		whenUnverifiable,
	};
}

/** Target groups by their ids, or by the addresses that people paste. */
function readFilterIds(given: unknown): string[] {
	return String(given ?? '')
		.split(',')
		.map((part) => /\/targeting\/([A-Za-z0-9_-]{1,64})\/edit/.exec(part)?.[1] ?? part.trim())
		.filter((id) => id !== '');
}

/** Answers the delivery; nothing is started. */
function answer(
	functions: IWebhookFunctions,
	{ status, message }: TurnedAway,
): IWebhookResponseData {
	functions.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}
