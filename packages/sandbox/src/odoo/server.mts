import { createServer } from 'node:http';
import { serveControl } from '../web/control.mts';
import { takeFault, wait } from '../web/faults.mts';
import { readJson, send, sendHtml, sendJson, type Request, type Response } from '../web/http.mts';
import { listen } from '../web/listen.mts';
import { handleControl } from './control.mts';
import { handleJson2, isOtherDatabase } from './json2.mts';
import { handleJsonRpc } from './jsonrpc.mts';
import { page } from './page.mts';
import { defaultSettings, Site, type Settings } from './site.mts';

export interface OdooDoubleOptions extends Partial<Settings> {
	/** 0 = any free port. */
	port: number;
	/** Address to listen on, normally 127.0.0.1. */
	host: string;
}

export interface OdooDouble {
	url: string;
	/** What to type into the n8n credentials: `odooApi` {url, db, username, password}, `odooApiKeyApi` {url, db, apiKey}. */
	credentials: { db: string; username: string; password: string; apiKey: string };
	close(): Promise<void>;
}

/** Starts a stand-in for an Odoo with the manufacturing app. Rejects when the port is taken. */
export async function startOdooDouble({ port, host, ...settings }: OdooDoubleOptions): Promise<OdooDouble> {
	const site = new Site({ ...defaultSettings, ...withoutUndefined(settings) });
	const server = createServer((request, response) => {
		handle(site, request, response).catch((error: unknown) => {
			sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
		});
	});
	const listening = await listen(server, port, host);
	const { database, username, password, apiKey } = site.settings;
	return {
		url: `http://${host}:${listening.port}`,
		credentials: { db: database, username, password, apiKey },
		close: () => listening.close(),
	};
}

const withoutUndefined = (settings: Partial<Settings>): Partial<Settings> =>
	Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

async function handle(site: Site, request: Request, response: Response): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://localhost');
	const { pathname } = url;
	const method = request.method ?? 'GET';
	if (pathname.startsWith('/control/')) {
		return serveControl(request, response, url, (verb, path, query, body) =>
			handleControl(site, verb, path, query, body),
		);
	}
	const json2 = pathname.startsWith('/json/2/') && site.settings.version >= 19 && !isOtherDatabase(site, request);
	if (method === 'POST' && (pathname === '/jsonrpc' || json2)) return api(site, request, response, pathname);
	if (method === 'GET' && pathname === '/web/health') {
		const { status } = takeFault(site.faults, `GET ${pathname}`);
		return sendJson(response, status || 200, status ? {} : { status: 'pass' });
	}
	if (method === 'GET' && pathname === '/') return sendHtml(response, page());
	// Odoo answers unknown addresses with a page, not with JSON.
	send(response, 404, '<!doctype html><title>404</title><h1>Page Not Found</h1>', { 'content-type': 'text/html' });
}

async function api(site: Site, request: Request, response: Response, pathname: string): Promise<void> {
	const started = performance.now();
	const protocol = pathname === '/jsonrpc' ? 'jsonrpc' : 'json2';
	const log = (what: string, status: number, error?: string): void => {
		site.calls.add({
			at: new Date().toISOString(),
			what,
			protocol,
			status,
			...(error === undefined ? {} : { error }),
			durationMs: Math.round(performance.now() - started),
			userAgent: request.headers['user-agent'] ?? '',
		});
	};
	let body: unknown;
	try {
		body = await readJson(request);
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		log(pathname, 400, message);
		return sendJson(response, 400, { name: 'werkzeug.exceptions.BadRequest', message, arguments: [message, 400] });
	}
	const fault = takeFault(site.faults, `POST ${pathname}`);
	if (!fault.after) await wait(fault.latencyMs);
	const answer = !fault.status || fault.after ? carryOut(site, request, pathname, body) : undefined;
	if (fault.after) await wait(fault.latencyMs);
	if (!answer || fault.status > 0) {
		log(pathname, fault.status, 'fault switched on by the control API');
		return send(response, fault.status, `<html><body><h1>${fault.status}</h1></body></html>`, {
			'content-type': 'text/html',
		});
	}
	log(answer.what, answer.status, answer.error);
	sendJson(response, answer.status, answer.body);
}

function carryOut(site: Site, request: Request, pathname: string, body: unknown): Carried {
	if (pathname === '/jsonrpc') return { ...handleJsonRpc(site, body), status: 200 };
	const path = pathname.slice('/json/2/'.length);
	return { ...handleJson2(site, request, path, body), what: path.replace('/', '.') };
}

interface Carried {
	status: number;
	body: unknown;
	/** e.g. `mrp.production.write`, for the call log. */
	what: string;
	error?: string;
}
