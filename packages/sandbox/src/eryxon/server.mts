import { createServer } from 'node:http';
import { serveControl } from '../web/control.mts';
import { sendHtml, sendJson, type Request, type Response } from '../web/http.mts';
import { listen } from '../web/listen.mts';
import { serveApi } from './api.mts';
import { handleControl } from './control.mts';
import { page } from './page.mts';
import { defaultSettings, Site, type Settings } from './site.mts';

export interface EryxonDoubleOptions extends Partial<Settings> {
	/** 0 = any free port. */
	port: number;
	/** Address to listen on. */
	host?: string;
}

export interface EryxonDouble {
	/** Origin; the API is under `/functions/v1`. */
	url: string;
	apiKey: string;
	close(): Promise<void>;
}

/** Starts a stand-in for an Eryxon MES. Rejects when the port is taken. */
export async function startEryxonDouble(options: EryxonDoubleOptions): Promise<EryxonDouble> {
	const { port, host = '127.0.0.1', ...settings } = options;
	const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
	const site = new Site({ ...defaultSettings, ...given });
	const server = createServer((request, response) => {
		handle(site, request, response).catch((error: unknown) => {
			sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
		});
	});
	const listening = await listen(server, port, host);
	return {
		url: `http://${host}:${listening.port}`,
		apiKey: site.settings.apiKey,
		close: async () => {
			site.webhooks.clear();
			await listening.close();
		},
	};
}

async function handle(site: Site, request: Request, response: Response): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://localhost');
	if (url.pathname.startsWith('/control/')) {
		return serveControl(request, response, url, (method, path, query, body) =>
			handleControl(site, method, path, query, body),
		);
	}
	if (url.pathname.startsWith('/functions/v1/')) return serveApi(site, request, response, url);
	if (url.pathname === '/' && request.method === 'GET') return sendHtml(response, page());
	// The gateway in front of the functions answers other addresses itself.
	sendJson(response, 404, { message: 'no Route matched with those values' });
}
