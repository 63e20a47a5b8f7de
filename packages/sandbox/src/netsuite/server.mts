import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveControl } from '../web/control.mts';
import { sendHtml, sendJson, type Request, type Response } from '../web/http.mts';
import { listen } from '../web/listen.mts';
import { serveApi } from './api.mts';
import { createBothProtocolsServer } from './both-protocols.mts';
import { identityIn, machineKeyIn, type MachineKey } from './certificates.mts';
import { handleControl } from './control.mts';
import { page } from './page.mts';
import { defaultSettings, Site, type Settings } from './site.mts';

export interface NetsuiteDoubleOptions extends Partial<Settings> {
	/** 0 = any free port. */
	port: number;
	/** Address to listen on, normally 127.0.0.1. */
	host: string;
	/**
	 * Where the certificate and the key of the machine live. Give a folder to keep them over restarts; else a temporary
	 * one is made and removed.
	 */
	certificateFolder?: string;
}

export interface NetsuiteDouble {
	/** https with HTTP/2, as a real account speaks it. */
	url: string;
	/** Plain http on the same port, for browsers and the HTTP Request node. */
	plainUrl: string;
	/** PEM of the authority behind the certificate: start n8n with NODE_EXTRA_CA_CERTS set to this file. */
	caFile: string;
	credentials: Omit<Settings, 'seed'> & MachineAccess;
	close(): Promise<void>;
}

/** What a client needs to sign in as a machine, beside the client id. */
export interface MachineAccess extends MachineKey {
	/** `kid` of the assertion. */
	certificateId: string;
}

/** Starts a stand-in for a NetSuite account with work orders. Rejects when the port is taken. */
export async function startNetsuiteDouble(options: NetsuiteDoubleOptions): Promise<NetsuiteDouble> {
	const { port, host, certificateFolder, ...settings } = options;
	const site = new Site({ ...defaultSettings, ...withoutUndefined(settings) });
	const folder = certificateFolder ?? mkdtempSync(join(tmpdir(), 'netsuite-double-'));
	const removeFolder = (): void => {
		if (certificateFolder === undefined) rmSync(folder, { recursive: true, force: true });
	};
	const [identity, machineKey] = await Promise.all([identityIn(folder, [host, site.host]), machineKeyIn(folder)]);
	const { certificateId } = site.machine.map(machineKey.certificate);
	const answer = (request: Request, response: Response, secure: boolean): void => {
		handle(site, request, response, secure).catch((error: unknown) => {
			sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
		});
	};
	const server = createBothProtocolsServer(identity, answer, `${site.host}:443`);
	const listening = await listen(server, port, host).catch((error: unknown) => {
		removeFolder();
		throw error;
	});
	const hostname = `${host}:${listening.port}`;
	const { seed: _seed, ...credentials } = site.settings;
	return {
		url: `https://${hostname}`,
		plainUrl: `http://${hostname}`,
		caFile: identity.caFile,
		credentials: { ...credentials, ...machineKey, certificateId },
		close: async () => {
			await listening.close();
			removeFolder();
		},
	};
}

const withoutUndefined = (settings: Partial<Settings>): Partial<Settings> =>
	Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

async function handle(site: Site, request: Request, response: Response, secure: boolean): Promise<void> {
	const authority = request.headers[':authority'] ?? request.headers.host ?? 'localhost';
	const url = new URL(request.url ?? '/', `${secure ? 'https' : 'http'}://${String(authority)}`);
	if (url.pathname.startsWith('/control/')) {
		return serveControl(request, response, url, (method, path, query, body) =>
			handleControl(site, method, path, query, body),
		);
	}
	if (url.pathname === '/' && request.method === 'GET') return sendHtml(response, page());
	return serveApi(site, request, response, url);
}
