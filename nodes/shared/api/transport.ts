import type {
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { networkFailure } from './classify';
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

/** What the credential holds. Requests are signed by the credential itself, not with this. */
export interface Access {
	endpoint: string;
	token: string;
	ignoreTlsIssues: boolean;
}

/** @throws PicoFailure when the endpoint is not a usable address */
export async function readAccess(context: PicoContext): Promise<Access> {
	const { endpoint, token, ignoreTlsIssues } = await context.getCredentials<Partial<Access>>(CREDENTIAL);
	const address = String(endpoint ?? '').trim();
	if (!/^https?:\/\/[^/\s]+/i.test(address)) {
		throw new PicoFailure('input', `'${address}' is not a usable address`, {
			hint: "'Endpoint' in the credential takes the full address, for example https://plant.picomes.com/graph/v2.",
			parameter: 'Endpoint',
		});
	}
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
 * In a node's execution the helper puts the execution's own signal in place of ours, and destroying the stream that it
 * hands out does not close the socket while a read is pending. Seen through this, it keeps our signal.
 */
function closable(context: PicoContext): PicoContext {
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
		return { status: answer.statusCode, headers: lowerCase(answer.headers ?? {}), body: answer.body };
	} catch (error) {
		throw networkFailure(error, endpoint);
	}
}

function lowerCase(headers: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
