import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { FloorProduct } from '../web/catalogue.mts';
import { DataFile } from './dataFile.mts';
import { createRouter } from './http/router.mts';
import { Sandbox } from './sandbox.mts';
import type { Switches } from './switches.mts';
import { serveWebSocket } from './ws.mts';

export interface SandboxOptions {
	/** 0 or nothing = a free port. */
	port?: number;
	host?: string;
	token?: string;
	seed?: number;
	switches?: Partial<Switches>;
	/** JSON file that keeps the plant between starts. */
	data?: string;
	/** Hosts besides this machine that webhooks may be sent to. */
	webhookHosts?: readonly string[];
	/** Deployed besides the plant's own, at the start and after each reset. */
	products?: readonly FloorProduct[];
	/** Folder of the shop-floor page; needed where the working directory is not the repository. */
	pageFolder?: string;
}

export interface RunningSandbox {
	url: string;
	token: string;
	sandbox: Sandbox;
	close(): Promise<void>;
}

/** Starts a Pico double: GraphQL over HTTP, SSE and WebSocket, webhooks, control routes and the shop-floor page. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
	const { host = '127.0.0.1', token = 'sandbox-token' } = options;
	const sandbox = new Sandbox({
		seed: options.seed ?? 1,
		switches: options.switches ?? {},
		webhookHosts: options.webhookHosts,
		products: options.products,
	});
	const pageFolder = options.pageFolder ?? resolve('packages/sandbox/src/pico/page');
	const router = createRouter(sandbox, token, pageFolder);
	const dataFile = options.data === undefined ? undefined : new DataFile(sandbox, resolve(options.data));
	const server = createServer((request, response) => void router(request, response));
	const sockets = serveWebSocket(server, sandbox, token);
	await new Promise<void>((ready, failed) => {
		server.once('error', failed);
		server.listen(options.port ?? 0, host, ready);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
		token,
		sandbox,
		close: async () => {
			dataFile?.close();
			sandbox.closeAll();
			sockets.close();
			const gone = new Promise<void>((done) => server.close(() => done()));
			server.closeAllConnections();
			await gone;
		},
	};
}
