import type { IncomingMessage, ServerResponse } from 'node:http';

const MAX_BODY_BYTES = 10_000_000;

export async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > MAX_BODY_BYTES) throw new Error('request body is too large');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

export function sendJson(
	response: ServerResponse,
	status: number,
	value: unknown,
	headers: Record<string, string> = {},
) {
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
	response.end(JSON.stringify(value));
}

export function sendText(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8') {
	response.writeHead(status, { 'content-type': type });
	response.end(text);
}
