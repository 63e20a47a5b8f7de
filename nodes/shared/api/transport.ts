import { randomBytes } from 'node:crypto';

import type {
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { addressFailure, hostOf, networkFailure, readRetryAfter } from './classify';
import { PicoFailure } from './failure';

/** Any context of n8n that can send a request with a credential. */
export type PicoContext =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| ITriggerFunctions
	| IWebhookFunctions;

export interface Answer<Body> {
	status: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	body: Body;
}

/** The part of a Node.js readable stream that is needed here. */
export interface ByteStream extends AsyncIterable<Uint8Array> {
	destroy(error?: Error): unknown;
}

export const CREDENTIAL = 'picoApi';

/** n8n's own default would cut a request, and even an idle stream, after 300 s. */
const ANSWER_TIMEOUT_MS = 120_000;
const NO_TIMEOUT = 0;
const UPGRADE_TIMEOUT_MS = 5_000;

/** What the credential holds. Requests are signed by the credential itself, not with this. */
export interface Access {
	endpoint: string;
	token: string;
	ignoreTlsIssues: boolean;
}

/** @throws PicoFailure when the endpoint is not a valid address */
export async function readAccess(context: PicoContext): Promise<Access> {
	const { endpoint, token, ignoreTlsIssues } = await context.getCredentials<Partial<Access>>(CREDENTIAL);
	const address = String(endpoint ?? '').trim();
	const unusable = addressFailure(address);
	if (unusable) throw unusable;
	return { endpoint: address, token: String(token ?? '').trim(), ignoreTlsIssues: ignoreTlsIssues === true };
}

/** Sends one GraphQL request body and reads the whole answer, whatever its status. */
export async function post(
	context: PicoContext,
	endpoint: string,
	body: string,
	accept: string,
	signal?: AbortSignal,
): Promise<Answer<string>> {
	return await send<string>(context, endpoint, {
		...request(endpoint, body, accept),
		encoding: 'text',
		timeout: ANSWER_TIMEOUT_MS,
		abortSignal: signal,
	});
}

/** Sends one GraphQL request body and hands back the answer as a stream that may stay open for ever. */
export async function postForStream(
	context: PicoContext,
	endpoint: string,
	body: string,
	signal: AbortSignal,
): Promise<Answer<ByteStream>> {
	return await send<ByteStream>(closable(context), endpoint, {
		...request(endpoint, body, 'text/event-stream'),
		encoding: 'stream',
		timeout: NO_TIMEOUT,
		abortSignal: signal,
	});
}

/**
 * The status with which a server answers a WebSocket's upgrade: Node.js tells only that it did not work.
 *
 * @returns a failure when no answer comes at all; `undefined` when the server upgrades this time
 */
export async function upgradeStatus(context: PicoContext, endpoint: string, signal: AbortSignal): Promise<number | PicoFailure | undefined> {
	try {
		const answer = await send<ByteStream>(closable(context), endpoint, {
			method: 'GET',
			url: endpoint,
			headers: {
				connection: 'Upgrade',
				upgrade: 'websocket',
				'sec-websocket-version': '13',
				'sec-websocket-key': randomBytes(16).toString('base64'),
				'sec-websocket-protocol': 'graphql-transport-ws',
			},
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: UPGRADE_TIMEOUT_MS,
			abortSignal: signal,
		});
		answer.body.destroy();
		return answer.status;
	} catch (error) {
		const failure = networkFailure(error, endpoint);
		// Node.js resets a connection that is upgraded when nobody asked for that.
		return /ECONNRESET/.test(failure.message) ? undefined : failure;
	}
}

/**
 * What n8n would say of the certificate if it checked it, for a credential that switches that off. Sends no token.
 *
 * n8n's helper hands out neither the connection nor the certificate (seen in 2.41.1), so its end stays unknown.
 */
export async function certificateFailure({ helpers }: PicoContext, endpoint: string, signal: AbortSignal): Promise<PicoFailure | undefined> {
	try {
		await helpers.httpRequest({ method: 'HEAD', url: endpoint, ignoreHttpStatusErrors: true, disableFollowRedirect: true, timeout: UPGRADE_TIMEOUT_MS, abortSignal: signal });
		return undefined;
	} catch (error) {
		const failure = networkFailure(error, endpoint);
		return failure.kind === 'certificate' ? failure : undefined;
	}
}

/**
 * In a node's execution the helper puts the execution's own signal in place of ours, and destroying the stream that it
 * hands out does not close the socket while a read is pending. Seen through this, it keeps our signal.
 */
export function closable(context: PicoContext): PicoContext {
	const { helpers, logger } = context;
	const caller = { helpers, logger, getNode: () => context.getNode(), getCredentials: async (type: string) => await context.getCredentials(type) };
	return caller as unknown as PicoContext;
}

function request(endpoint: string, body: string, accept: string): IHttpRequestOptions {
	return {
		method: 'POST',
		url: endpoint,
		headers: { 'content-type': 'application/json', accept },
		body,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// A redirect would carry the token to whatever host the answer names.
		disableFollowRedirect: true,
	};
}

async function send<Body>(context: PicoContext, endpoint: string, options: IHttpRequestOptions): Promise<Answer<Body>> {
	try {
		const answer = await context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL, options);
		const headers = lowerCase(answer.headers ?? {});
		const wait = answer.statusCode >= 400 ? readRetryAfter(headers['retry-after']) : undefined;
		if (wait?.isCut) context.logger.warn(`Pico at ${hostOf(endpoint)} asks to wait ${wait.asked} (Retry-After); trying again after an hour at most`);
		return { status: answer.statusCode, headers, body: answer.body };
	} catch (error) {
		throw abortReason(options.abortSignal) ?? networkFailure(error, endpoint);
	}
}

/** Why a request was given up, where that is known: a limit of time says so. */
function abortReason(signal: IHttpRequestOptions['abortSignal']): PicoFailure | undefined {
	const reason = (signal as AbortSignal | undefined)?.reason as unknown;
	return reason instanceof PicoFailure ? reason : undefined;
}

function lowerCase(headers: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
