import type { IncomingHttpHeaders } from 'node:http';
import { isObject, type JsonObject } from '../web/http.mts';
import { badRequest, internal } from './errors.mts';
import type { Dialect } from './switches.mts';

/** One call of a function: `/functions/v1/<fn>/<action...>?query`. */
export interface ApiRequest {
	method: string;
	fn: string;
	action: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	/** The body as it came. */
	text: string;
}

/** What a function answers before it is put into the envelope. */
export interface ApiAnswer {
	status: number;
	data?: unknown;
	meta?: unknown;
	/** Numbers for the call log, e.g. records received, created, failed. */
	counts?: Record<string, number>;
}

export const ok = (data: unknown, more: Omit<ApiAnswer, 'status' | 'data'> = {}): ApiAnswer => ({
	status: 200,
	data,
	...more,
});

/** The body as JSON. The first handlers answered 400 for malformed JSON, the shared builder lets the parser's error through. */
export function readBody(request: ApiRequest, dialect: Dialect): JsonObject {
	let value: unknown;
	try {
		value = JSON.parse(request.text === '' ? '{}' : request.text);
	} catch (error) {
		if (dialect === 'g1') throw badRequest('Invalid JSON in request body');
		throw internal(error instanceof Error ? error.message : String(error));
	}
	if (!isObject(value)) throw badRequest('Request body must be a JSON object');
	return value;
}
