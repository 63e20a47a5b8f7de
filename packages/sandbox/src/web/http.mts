import type { IncomingHttpHeaders } from 'node:http';

/** What the doubles use of a request: HTTP/1.1 and HTTP/2 objects of Node both fit. */
export interface Request extends AsyncIterable<unknown> {
	readonly method?: string;
	readonly url?: string;
	readonly headers: IncomingHttpHeaders;
}

export interface Response {
	statusCode: number;
	readonly writableEnded: boolean;
	setHeader(name: string, value: string): unknown;
	end(): unknown;
	end(body: string): unknown;
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const bodyLimit = 16 * 1024 * 1024;

/** The whole request body as text. Rejects beyond 16 MB. */
export async function readText(request: Request): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request) {
		const bytes = Buffer.from(chunk as Uint8Array);
		size += bytes.length;
		if (size > bodyLimit) throw new Error('The request body is larger than 16 MB');
		chunks.push(bytes);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** Reads a JSON body; an empty one is `{}`. Rejects with a plain message when it is not JSON. */
export async function readJson(request: Request): Promise<unknown> {
	const text = await readText(request);
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		throw new Error('The request body is not valid JSON');
	}
}

export function send(response: Response, status: number, body: string, headers: Record<string, string> = {}): void {
	if (response.writableEnded) return;
	response.statusCode = status;
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	if (status === 204) {
		response.end();
		return;
	}
	response.setHeader('content-length', String(Buffer.byteLength(body)));
	response.end(body);
}

export function sendJson(
	response: Response,
	status: number,
	value: unknown,
	headers: Record<string, string> = {},
): void {
	send(response, status, JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8', ...headers });
}

export function sendHtml(response: Response, html: string): void {
	send(response, 200, html, {
		'content-type': 'text/html; charset=utf-8',
		'cache-control': 'no-store',
		// The page is self-contained: a browser that obeys this cannot reach another host.
		'content-security-policy':
			"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:",
	});
}
