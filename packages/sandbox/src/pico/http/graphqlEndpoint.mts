import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { getOperationAST, parse } from 'graphql';
import type { ServerContext } from '../graphql/engine.mts';
import type { Call } from '../registry.mts';
import type { Sandbox } from '../sandbox.mts';
import { readBody, sendJson, sendText } from './body.mts';
import { closed, write } from './pace.mts';
import { sendStream } from './sse.mts';

export const TOKEN_HEADER = 'x-pico-api-org';
const UNAUTHORIZED = { errors: [{ message: 'unauthorized: missing or invalid API token' }] };

export function tokenMatches(given: unknown, token: string): boolean {
	const a = Buffer.from(typeof given === 'string' ? given : '');
	const b = Buffer.from(token);
	return a.length === b.length && timingSafeEqual(a, b);
}

/** What a request asks, as far as it can be told without executing it. */
export function describe(params: unknown): Pick<Call, 'operationName' | 'kind' | 'document' | 'variables'> {
	const given: object = typeof params === 'object' && params !== null ? params : {};
	const document = String(Reflect.get(given, 'query') ?? '');
	const name: unknown = Reflect.get(given, 'operationName');
	const variables: unknown = Reflect.get(given, 'variables') ?? null;
	const operationName = typeof name === 'string' ? name : null;
	try {
		const operation = getOperationAST(parse(document), operationName);
		return {
			operationName: operationName ?? operation?.name?.value ?? null,
			kind: operation?.operation ?? 'unknown',
			document,
			variables,
		};
	} catch {
		return { operationName, kind: 'unknown', document, variables };
	}
}

/** One POST to a GraphQL path: faults first, then the token, then yoga, then the answer in the shape that is switched. */
export async function handleGraphql(
	sandbox: Sandbox,
	token: string,
	request: IncomingMessage,
	response: ServerResponse,
) {
	const path = (request.url ?? '/').split('?')[0];
	const body = await readBody(request);
	const tokenOk = tokenMatches(request.headers[TOKEN_HEADER], token);
	const asked = describe(parseJson(body));
	const call = sandbox.calls.add({
		path,
		...asked,
		status: 0,
		userAgent: request.headers['user-agent'] ?? '',
		tokenOk,
	});
	const answer = (status: number, send: () => void) => {
		call.status = status;
		sandbox.changed();
		send();
	};
	const { switches } = sandbox;
	if (sandbox.spend('burst503')) {
		const headers: Record<string, string> =
			switches.retryAfter > 0 ? { 'retry-after': String(switches.retryAfter) } : {};
		return answer(503, () => sendJson(response, 503, { errors: [{ message: 'service unavailable' }] }, headers));
	}
	if (sandbox.spend('htmlErrorPage')) {
		const page =
			'<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';
		return answer(502, () => sendText(response, 502, page, 'text/html'));
	}
	if (switches.latencyMs > 0) await pause(switches.latencyMs);
	if (!tokenOk) {
		const status = Number(switches.authFailure);
		return answer(status, () => sendJson(response, status, UNAUTHORIZED));
	}

	const sse: ServerContext['sse'] = {};
	const context: ServerContext = { connection: { transport: 'sse', path, close: () => response.destroy() }, sse, sent: [] };
	const result = await sandbox.engine.yoga.fetch(
		'http://sandbox/graphql',
		{ method: 'POST', headers: forwarded(request), body },
		context,
	);
	if (asked.document.includes('operationOrderSave') && sandbox.spend('commitThenTimeout')) return closed(response);
	const { results } = sse;
	if (results) return answer(200, () => void sendStream(response, results, sandbox).catch(() => response.destroy()));

	const text = await result.text();
	const status = statusOf(result.status, text, sandbox);
	return answer(status, () => {
		response.writeHead(status, {
			'content-type': result.headers.get('content-type') ?? 'application/json; charset=utf-8',
		});
		void write(response, text, sandbox.switches.slowBytesPerSecond).then(() => response.end());
	});
}

function parseJson(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

function forwarded(request: IncomingMessage): Record<string, string> {
	return {
		'content-type': request.headers['content-type'] ?? 'application/json',
		accept: request.headers.accept ?? 'application/json',
	};
}

/** Errors without `data` come from parsing and validation: their status is a switch. */
function statusOf(status: number, text: string, sandbox: Sandbox): number {
	const parsed = parseJson(text);
	if (typeof parsed !== 'object' || parsed === null || !('errors' in parsed)) return status;
	return 'data' in parsed ? 200 : Number(sandbox.switches.errorStatus);
}
