import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { pause } from '../shared/api/pause';
import { readEvent, secondsOf, type EryxonEvent } from '../shared/core/webhook/envelope';
import { TEST_EVENT } from '../shared/core/webhook/events';
import { readSeen, withSeen } from '../shared/core/webhook/seen';
import { checkSignature, isFresh } from '../shared/core/webhook/signature';
import { itemOf, wanted } from './item';
import { memoryOf, remember } from './memory';
import { readRegistration } from './registration';
import { say } from './say';
import { readSettings } from './settings';

const SEEN = 'seen';

/** Handles one call of the trigger's address. */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const registration = readRegistration(context);
	if (!registration) return refuse(context, 401, 'This trigger has no registered webhook; publish the workflow again');
	const settings = readSettings(context);
	const headers = context.getHeaderData();
	const raw = await rawBody(context);
	const verdict = checkSignature(registration.secret, headers['x-eryxon-signature'], raw);
	if (!verdict.ok) return refuse(context, 401, verdict.reason);

	const event = readEvent(parse(raw), headers['x-eryxon-event-id']);
	// The older form carries its time inside the signed body.
	const signedAt = verdict.signedAt ?? secondsOf(event?.occurredAt ?? null);
	if (signedAt !== undefined && !isFresh(signedAt, Date.now(), settings.replayWindowSeconds)) {
		const seconds = Math.round(Date.now() / 1000 - signedAt);
		return refuse(context, 401, `the call was signed ${Math.abs(seconds)} seconds ${seconds < 0 ? 'in the future' : 'ago'}, more than the ${settings.replayWindowSeconds} of 'Replay Window'; check the clocks of both servers`);
	}
	if (event === undefined) return refuse(context, 400, 'the body is not an event of Eryxon: event and data are missing');
	if (event.event === TEST_EVENT && context.getMode() !== 'manual') return { webhookResponse: { message: 'Test received' } };
	if (!wanted(settings, event)) return { webhookResponse: { message: 'Filtered out' } };
	if (context.getMode() === 'manual') return { workflowData: [[{ json: itemOf(event, false) }]] };
	return await deliverOnce(context, event);
}

/** Starts one run for an event, however often and however close together it is delivered. */
async function deliverOnce(context: IWebhookFunctions, event: EryxonEvent): Promise<IWebhookResponseData> {
	const { eventId } = event;
	const memory = memoryOf(context);
	while (memory.underWay.has(eventId)) await memory.underWay.get(eventId);
	const stored = readSeen(context.getWorkflowStaticData('node')[SEEN]);
	if (memory.seen.has(eventId) || stored.includes(eventId)) return { webhookResponse: { message: 'Already delivered' } };

	const store = () => {
		context.getWorkflowStaticData('node')[SEEN] = withSeen([...stored.filter((id) => !memory.seen.has(id)), ...memory.seen], eventId);
	};
	const settled = answered(context).then((ok) => {
		// A run that could not be started leaves the event unseen, so that the next delivery starts it.
		if (ok) remember(memory, eventId);
		memory.underWay.delete(eventId);
		return ok;
	});
	memory.underWay.set(eventId, settled);
	store();
	// n8n forgets that static data were changed when it prepares the run; so they are changed again right after that.
	void pause(0).then(store);
	return { workflowData: [[{ json: itemOf(event, false) }]] };
}

/** Settles when n8n has answered, which it does after it started the run: `false` when it could not start one. */
async function answered(context: IWebhookFunctions): Promise<boolean> {
	const response = context.getResponseObject();
	if (!response.closed && !response.destroyed) await new Promise<void>((resolve) => response.once('close', () => resolve()));
	return response.statusCode < 400;
}

/** The bytes as they came; a signature covers them and nothing else. */
async function rawBody(context: IWebhookFunctions): Promise<Buffer> {
	const request = context.getRequestObject() as ReturnType<IWebhookFunctions['getRequestObject']> & { rawBody?: unknown };
	if (!Buffer.isBuffer(request.rawBody) && typeof request.readRawBody === 'function') await request.readRawBody();
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : Buffer.alloc(0);
}

function parse(raw: Buffer): unknown {
	try {
		return JSON.parse(raw.toString('utf8'));
	} catch {
		return undefined;
	}
}

function refuse(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	say(context, 'warn', `Refused a call with ${status}: ${message}`);
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}
