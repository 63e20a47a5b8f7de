import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { PlantError } from '../plant/plant.mts';
import type { Sandbox } from '../sandbox.mts';
import { readBody, sendJson, sendText } from './body.mts';
import { runControl } from './control.mts';
import { handleGraphql } from './graphqlEndpoint.mts';
import { sendLive } from './live.mts';

const PAGE_FILES: Record<string, { file: string; type: string }> = {
	'/': { file: 'index.html', type: 'text/html; charset=utf-8' },
	'/style.css': { file: 'style.css', type: 'text/css; charset=utf-8' },
	'/app.js': { file: 'app.js', type: 'text/javascript; charset=utf-8' },
	'/view.js': { file: 'view.js', type: 'text/javascript; charset=utf-8' },
	'/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
};

export function isGraphqlPath(sandbox: Sandbox, path: string): boolean {
	const { paths } = sandbox.switches;
	return paths === 'both' ? path === '/graphql' || path === '/graph/v2' : path === paths;
}

/** The whole HTTP side: GraphQL paths, control routes, the page; everything else is 404. */
export function createRouter(sandbox: Sandbox, token: string, pageFolder: string) {
	return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		try {
			const { dateHeader } = sandbox.switches;
			if (dateHeader !== 'machine') response.sendDate = false;
			if (dateHeader === 'plant') response.setHeader('date', new Date(Number(sandbox.clock.now() / 1_000_000n)).toUTCString());
			await route(sandbox, token, pageFolder, request, response);
		} catch (error) {
			if (response.headersSent) return void response.destroy();
			const message = error instanceof Error ? error.message : String(error);
			sendJson(response, error instanceof PlantError ? 400 : 500, { message });
		}
	};
}

async function route(
	sandbox: Sandbox,
	token: string,
	pageFolder: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
	const method = request.method ?? 'GET';
	if (isGraphqlPath(sandbox, pathname)) {
		if (method !== 'POST') return sendText(response, 405, 'method not allowed\n');
		return handleGraphql(sandbox, token, request, response);
	}
	if (pathname.startsWith('/control/')) {
		if (fromElsewhere(request))
			return sendJson(response, 403, { message: 'control calls from other sites are refused' });
		if (pathname === '/control/live') return sendLive(sandbox, response);
		const body = method === 'POST' ? parseBody(await readBody(request)) : undefined;
		const answer = runControl(sandbox, method, pathname.slice('/control/'.length), searchParams, body);
		if (answer === undefined) return sendJson(response, 404, { message: `There is no ${method} ${pathname}` });
		return sendJson(response, 200, answer);
	}
	if (method === 'GET' && Object.hasOwn(PAGE_FILES, pathname)) {
		const { file, type } = PAGE_FILES[pathname];
		return sendText(response, 200, await readFile(join(pageFolder, file), 'utf8'), type);
	}
	sendText(response, 404, '404 page not found\n');
}

function parseBody(text: string): unknown {
	if (text.trim() === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		throw new PlantError('The body is not valid JSON');
	}
}

/** A page of another site may not drive the sandbox through a visitor's browser. */
function fromElsewhere(request: IncomingMessage): boolean {
	const { origin, host } = request.headers;
	return origin !== undefined && URL.canParse(origin) && new URL(origin).host !== host;
}
