import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { matches } from '../shared/delivery/filter';
import type { PicoEvent } from '../shared/events/event';
import { readBody } from './body';
import { clientOf } from './client';
import { deliverCall } from './deliverCall';
import { itemsOf } from './items';
import { readRegistration } from './registration';
import { say } from './say';
import { isSecret, SECRET_HEADER } from './secret';
import { readSettings, type WebhookSettings } from './settings';
import { inTurn, turnKey } from './turns';

/** Handles one call of the trigger's address. */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const registration = readRegistration(context);
	if (!registration || !isSecret(registration.secret, context.getHeaderData()[SECRET_HEADER])) {
		return refuse(context, 401, `The header ${SECRET_HEADER} does not hold the secret of this webhook`);
	}
	const settings = readSettings(context);
	const body = readBody(settings.kind, context.getBodyData());
	if (body.kind === 'strange') return refuse(context, 400, body.problem);
	const events = body.kind === 'events' ? body.events : [];
	const wanted = events.filter((event) => matches(settings, event));
	if (body.kind === 'events' && wanted.length === 0) return { webhookResponse: { message: 'Left out by the filter' } };
	if (context.getMode() === 'manual') return await testRun(context, settings, wanted);

	const call = { registration, settings, arrived: wanted, own: body.kind === 'catchUp' };
	return await inTurn(turnKey(context), async (memory) => await deliverCall(context, call, memory));
}

/** A test run shows the event that came in, and neither reads nor moves what is stored for the active workflow. */
async function testRun(context: IWebhookFunctions, settings: WebhookSettings, events: readonly PicoEvent[]): Promise<IWebhookResponseData> {
	const deliver = events.map((event) => ({ event, correction: false }));
	const client = settings.attachStructure ? await clientOf(context) : undefined;
	return { workflowData: [await itemsOf(client, settings, deliver, new Set(events.map(({ id }) => id)))] };
}

function refuse(context: IWebhookFunctions, status: number, message: string): IWebhookResponseData {
	say(context, 'warn', `Refused a call with ${status}: ${message}`);
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}
