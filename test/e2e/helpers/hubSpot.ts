import express, { type Request, type Response } from 'express';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createProxy } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { at, isJsonObject, listAt, parseJson, type Json, type JsonObject } from '../../../dev/json';
import { LOOPBACK } from '../../../dev/listen';
import { startAll } from '../../../dev/startAll';

const HOST = 'api.hubapi.com';

/** Some of the fields that a contact has there. */
const FIELDS = [
	{ name: 'hs_lead_status', label: 'Lead Status', type: 'enumeration' },
	{ name: 'phone', label: 'Phone Number', type: 'string' },
];

/** A contact or a call, as HubSpot keeps it. */
export interface HubSpotObject {
	id: string;
	properties: JsonObject;
	associations?: Json;
}

/**
 * What stands in for HubSpot: as much of its CRM as the example needs. Sources: HubSpot's developer documentation,
 * "CRM search" (`developers.hubspot.com/docs/api/crm/search`), "Contacts" (`…/crm/contacts`) and "Engagements | Calls"
 * (`…/crm/calls`: properties, status words, association type 194 from call to contact).
 */
export interface HubSpot {
	/** Settings with which n8n comes here when it asks for HubSpot, and nowhere else outside of this machine. */
	env: Record<string, string>;
	token: string;
	contacts: HubSpotObject[];
	calls: HubSpotObject[];
	/** The hosts that were asked for and are not HubSpot. */
	foreign: string[];
	addContact(properties: JsonObject): HubSpotObject;
	stop(): Promise<void>;
}

/** Starts it, with a certificate of its own. @param folder where key and certificate are kept. */
export async function startHubSpot(folder: string): Promise<HubSpot> {
	return await startAll(async (undo) => {
		const { key, cert, certFile } = await certificate(folder);
		const hubSpot = { token: 'token-of-hubspot', ...emptyCrm() };
		const api = createServer({ key, cert }, crmApi(hubSpot));
		const { port: apiPort, close: closeApi } = await listening(api);
		undo(closeApi);

		const foreign: string[] = [];
		const proxy = createProxy((_request, response) => response.writeHead(403).end());
		proxy.on('connect', (request, socket) => {
			if (request.url !== `${HOST}:443`) {
				foreign.push(String(request.url));
				socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
				return;
			}
			const upstream = connect(apiPort, LOOPBACK, () => {
				socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
				upstream.pipe(socket);
				socket.pipe(upstream);
			});
			upstream.on('error', () => socket.destroy());
			socket.on('error', () => upstream.destroy());
		});
		const { port: proxyPort, close: closeProxy } = await listening(proxy);
		undo(closeProxy);

		const url = `http://${LOOPBACK}:${proxyPort}`;
		return {
			...hubSpot,
			foreign,
			env: { HTTPS_PROXY: url, https_proxy: url, NODE_EXTRA_CA_CERTS: certFile },
		};
	});
}

function emptyCrm() {
	const contacts: HubSpotObject[] = [];
	const calls: HubSpotObject[] = [];
	let latest = 100;
	const add = (list: HubSpotObject[], properties: JsonObject, associations?: Json) => {
		latest += 1;
		const object = { id: String(latest), properties, associations };
		list.push(object);
		return object;
	};
	return {
		contacts,
		calls,
		addContact: (properties: JsonObject) => add(contacts, properties),
		addCall: (properties: JsonObject, associations?: Json) => add(calls, properties, associations),
	};
}

type Crm = ReturnType<typeof emptyCrm> & { token: string };

function crmApi({ token, contacts, addContact, addCall }: Crm) {
	const app = express();
	app.use(express.text({ type: () => true }));
	app.use((request, response, next) => {
		if (request.headers.authorization === `Bearer ${token}`) next();
		else refuse(response, 401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
	});
	// What n8n asks for when a credential is saved, and for the fields to choose from once it is.
	app.get('/account-info/v3/details', (_request, response) => response.json({ portalId: 1 }));
	app.get('/crm/v3/properties/contacts', (_request, response) =>
		response.json({ results: FIELDS }),
	);
	app.post('/crm/v3/objects/contacts/search', (request: Request, response: Response) => {
		const body = parseJson(String(request.body));
		const found = contacts.filter((contact) => matches(contact, body));
		const results = found.slice(0, Number(at(body, 'limit') ?? 10)).map(shown);
		response.json({ total: found.length, results });
	});
	app.post('/crm/v3/objects/contacts', (request: Request, response: Response) => {
		response.status(201).json(shown(addContact(propertiesOf(request))));
	});
	app.patch('/crm/v3/objects/contacts/:id', (request: Request, response: Response) => {
		const contact = contacts.find(({ id }) => id === request.params.id);
		if (contact === undefined) {
			refuse(response, 404, 'OBJECT_NOT_FOUND', 'resource not found');
			return;
		}
		Object.assign(contact.properties, propertiesOf(request));
		response.json(shown(contact));
	});
	app.post('/crm/v3/objects/calls', (request: Request, response: Response) => {
		const properties = propertiesOf(request);
		if (properties.hs_timestamp === undefined) {
			refuse(response, 400, 'VALIDATION_ERROR', 'hs_timestamp is required');
			return;
		}
		const associations = at(parseJson(String(request.body)), 'associations');
		response.status(201).json(shown(addCall(properties, associations)));
	});
	return app;
}

/** Groups are joined by OR, the filters of a group by AND; texts are compared without regard to case. */
function matches({ properties }: HubSpotObject, search: Json): boolean {
	const searched: JsonObject = {
		...properties,
		hs_searchable_calculated_phone_number: searchable(properties.phone),
		hs_searchable_calculated_mobile_number: searchable(properties.mobilephone),
	};
	return listAt(search, 'filterGroups').some((group) =>
		listAt(group, 'filters').every((filter) => {
			const value = String(searched[String(at(filter, 'propertyName'))] ?? '').toLowerCase();
			const wanted = at(filter, 'values') ?? [at(filter, 'value') ?? null];
			const operator = at(filter, 'operator');
			if (value === '' || operator === 'HAS_PROPERTY') return value !== '';
			if (operator === 'CONTAINS_TOKEN') {
				return value.endsWith(String(at(filter, 'value')).replace(/^\*/, ''));
			}
			return Array.isArray(wanted) && wanted.map(lowerCase).includes(value);
		}),
	);
}

/** What HubSpot makes of a number for searching: area code and local number, in digits ("CRM search"). */
function searchable(phone: Json | undefined): string {
	const digits = String(phone ?? '')
		.replace('(0)', '')
		.replace(/\D/g, '');
	return digits.replace(/^(00)?(44|49|1|0)/, '');
}

function lowerCase(value: Json): string {
	return String(value).toLowerCase();
}

function propertiesOf(request: Request): JsonObject {
	const properties = at(parseJson(String(request.body)), 'properties');
	return isJsonObject(properties) ? properties : {};
}

function shown({ id, properties }: HubSpotObject) {
	const now = new Date().toISOString();
	return { id, properties, createdAt: now, updatedAt: now, archived: false };
}

function refuse(response: Response, status: number, category: string, message: string): void {
	response.status(status).json({ status: 'error', message, category, correlationId: 'none' });
}

async function certificate(folder: string) {
	const [keyFile, certFile] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
	const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
	await promisify(execFile)('openssl', [
		...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject],
		...['-keyout', String(keyFile), '-out', String(certFile)],
	]);
	return {
		key: await readFile(String(keyFile)),
		cert: await readFile(String(certFile)),
		certFile: String(certFile),
	};
}

/** Has a server listen on a free port of loopback; gives that, and how to end it with all its connections. */
async function listening(server: Server) {
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => sockets.add(socket));
	server.listen(0, LOOPBACK);
	await once(server, 'listening');
	const address: AddressInfo | string | null = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	const close = async () => {
		const ended = once(server, 'close');
		server.close();
		// Those that the proxy has joined are no requests any more, so the server would wait for them.
		sockets.forEach((socket) => socket.destroy());
		await ended;
	};
	return { port, close };
}
