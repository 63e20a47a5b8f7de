import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { asFailure } from '../shared/api/failure';
import { readChoice } from '../shared/delivery/choice';
import { matches } from '../shared/delivery/filter';
import { log } from '../shared/delivery/host';
import { rowsOf } from '../shared/events/event';
import type { EventKind, Row } from '../shared/events/types';
import { readRow } from '../shared/delivery/arrival';
import { deliverByCall, itemsOf } from './deliver';
import { isSecret, secretOf, SECRET_HEADER } from './registration';
import { checkSoon, isOwnCall, ownAnswer } from './watch';

/** Handles one call of the trigger's address. */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const client = await clientOf(context);
	if (typeof client === 'string') return refuse(context, 503, client);
	if (!isSecret(secretOf(context, client), context.getHeaderData()[SECRET_HEADER])) {
		return refuse(context, 401, `The header ${SECRET_HEADER} does not contain the secret of this webhook`);
	}
	const settings = readChoice(context);
	const body = parse(await rawBody(context));
	if (isOwnCall(body)) {
		const { response, more } = await deliverByCall(context, { client, settings, arrived: [] });
		return { ...response, webhookResponse: ownAnswer(more) };
	}
	const read = readRows(settings.kind, body);
	if ('problem' in read) return refuse(context, 400, read.problem);
	const arrived = read.rows.map((row) => readRow(settings, row)).filter((event) => event.problem || matches(settings, event));
	if (arrived.length === 0) return { webhookResponse: { message: 'Filtered out' } };
	if (context.getMode() === 'manual') {
		// A test run shows the event that came in, and neither reads nor moves what is stored for the active workflow.
		const deliver = arrived.map((event) => ({ event, correction: false }));
		return { workflowData: [await itemsOf(client, settings, deliver, new Set(arrived.map(({ id }) => id)))] };
	}
	const { response, more } = await deliverByCall(context, { client, settings, arrived });
	if (more) checkSoon(context);
	return response;
}

/** Pico sends the bare row of one event; a list of rows is taken as well. */
function readRows(kind: EventKind, body: unknown): { rows: Row[] } | { problem: string } {
	const { rows, strange } = rowsOf(body);
	if (strange.length > 0) return { problem: 'The body is not an event: a JSON object is expected' };
	if (rows.length === 0) return { problem: 'The body contains no event' };
	for (const row of rows) {
		const absent = kind.requiredFields.filter((name) => !(name in row));
		if (absent.length > 0) return { problem: `The body is not an event '${kind.displayName}': ${absent.join(', ')} missing` };
	}
	return { rows };
}

/** The bytes as they came: what n8n makes of them depends on the content type, and a server may name any or none. */
async function rawBody(context: IWebhookFunctions): Promise<string> {
	const request = context.getRequestObject() as ReturnType<IWebhookFunctions['getRequestObject']> & { rawBody?: unknown };
	if (!Buffer.isBuffer(request.rawBody) && typeof request.readRawBody === 'function') await request.readRawBody();
	return Buffer.isBuffer(request.rawBody) ? request.rawBody.toString('utf8') : '';
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** The connection to Pico, or why there is none; nothing is lost, since the position stays. */
async function clientOf(context: IWebhookFunctions): Promise<PicoClient | string> {
	try {
		return await PicoClient.of(context);
	} catch (error) {
		return `The credential cannot be used: ${asFailure(error).message}`;
	}
}

function refuse(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	log(context, 'warn', `Refused a call with ${status}: ${message}`);
	context.getResponseObject().status(status).json({ message } satisfies IDataObject);
	return { noWebhookResponse: true };
}
