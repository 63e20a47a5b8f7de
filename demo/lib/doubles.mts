import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sandbox } from '../../packages/sandbox/src/pico/sandbox.mts';
import { floorProducts, type FloorProduct } from '../../packages/sandbox/src/web/catalogue.mts';
import { receiveWhatIsBuiltIn } from './goods-receipt.mts';
import type { NetsuiteAccess } from './netsuite-credentials.mts';

/** The sandbox's servers, as far as the demo needs to know them. */
export interface Doubles {
	pico: { url: string; token: string };
	odoo: { url: string; credentials: { db: string; username: string; password: string; apiKey: string } };
	netsuite: NetsuiteAccess & { url: string };
	close(): Promise<void>;
}

export interface DoublePorts {
	pico: number;
	odoo: number;
	netsuite: number;
}

export interface Server {
	url: string;
	close(): Promise<void>;
}

/** What only the Pico sandbox takes. */
interface PicoOptions {
	pageFolder?: string;
	products?: readonly FloorProduct[];
}

type Start<T extends Server> = (options: { port: number; host: string } & PicoOptions) => Promise<T>;

const SOURCES = join('packages', 'sandbox', 'src');

/** Starts one server of the sandbox in this process, on loopback. @param file below the sandbox's sources */
export async function startServer<T extends Server>(
	root: string,
	file: string,
	name: string,
	options: { port: number } & PicoOptions,
): Promise<T> {
	const loaded = (await import(pathToFileURL(join(root, SOURCES, file)).href)) as Record<string, Start<T>>;
	return await loaded[name]({ host: '127.0.0.1', ...options });
}

/** Starts Pico, Odoo and NetSuite in this process, on loopback. */
export async function startDoubles(root: string, ports: DoublePorts): Promise<Doubles> {
	const running: Server[] = [];
	const begin = async <T extends Server>(file: string, name: string, port: number, own: PicoOptions = {}): Promise<T> => {
		const server = await startServer<T>(root, file, name, { port, ...own });
		running.push(server);
		return server;
	};
	const close = async () => {
		await Promise.allSettled(running.map((server) => server.close()));
	};
	try {
		const own = { pageFolder: join(root, SOURCES, 'pico', 'page'), products: floorProducts };
		const pico = await begin<Server & Doubles['pico'] & { sandbox: Sandbox }>('pico/server.mts', 'startSandbox', ports.pico, own);
		const odoo = await begin<Server & Doubles['odoo']>('odoo/server.mts', 'startOdooDouble', ports.odoo);
		const netsuite = await begin<Server & Doubles['netsuite']>('netsuite/server.mts', 'startNetsuiteDouble', ports.netsuite);
		receiveWhatIsBuiltIn(pico.sandbox, netsuite.plainUrl);
		return { pico, odoo, netsuite, close };
	} catch (cause) {
		await close();
		throw cause;
	}
}

/** A call of a double's control API. Throws with the double's own message when it refuses. */
export async function control<T>(url: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
	const response = await fetch(`${url}/control/${path}`, {
		method,
		headers: body === undefined ? {} : { 'content-type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	if (!response.ok) throw new Error(`${method} /control/${path} answered ${response.status}: ${text.slice(0, 500)}`);
	return JSON.parse(text) as T;
}
