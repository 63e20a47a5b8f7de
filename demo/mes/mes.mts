import type { Context } from '../lib/context.mts';
import type { Host } from '../lib/host.mts';
import type { N8nSession } from '../lib/n8n-session.mts';
import type { Credential, Workflow } from '../lib/workflows.mts';

/** A shop floor system that the demo can show, with the ERPs around it. */
export interface Mes<Servers extends Running = Running> {
	/** Preferred port of each server by its key, and what to call it. */
	ports: Readonly<Record<string, { port: number; name: string }>>;
	/** Names the servers in the list of steps. */
	sandbox: string;
	/** Folder below `.demo` for n8n's data; the two systems do not share an n8n. */
	folder: string;
	start(root: string, ports: Readonly<Record<string, number>>): Promise<Servers>;
	/** More environment for n8n. */
	environment(servers: Servers): NodeJS.ProcessEnv;
	install(root: string, host: Host, folder: string): Promise<void>;
	workflows(root: string, servers: Servers, everySeconds: number): Imports;
	/** Addresses of the pages, by name. */
	pages(servers: Servers): Array<[name: string, url: string]>;
	/** What a person may do, one line each. */
	whatToDo: readonly string[];
	/** @returns the exit code */
	once(given: { steps: Context['steps']; servers: Servers; session: N8nSession }): Promise<number>;
}

export interface Running {
	close(): Promise<void>;
}

export interface Imports {
	credentials: Credential[];
	workflows: Array<Workflow & { id: string }>;
	/** Ids of the workflows that start with n8n. */
	published: string[];
}
