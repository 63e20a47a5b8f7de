import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Double {
	url: string;
	/** Key that a client must send, where the double has one. */
	apiKey?: string;
	/** How a machine signs in, where the double lets one in by a certificate. */
	credentials?: { clientId?: string; certificateId?: string; keyFile?: string };
	close(): Promise<void>;
}

export interface StartOptions {
	port: number;
	host: string;
	/** Hosts besides this machine that webhooks may reach. */
	webhookHosts?: readonly string[];
	/** Version of the system that the double is, where it can be several. */
	version?: number;
}

type Start = (options: StartOptions) => Promise<Double>;

/** Starts the double of another system; its code is loaded only when it is asked for. `file` is relative to this folder. */
export async function startDouble(file: string, exported: string, options: StartOptions): Promise<Double> {
	const url = new URL(file, `${import.meta.url}`);
	if (!existsSync(fileURLToPath(url))) throw new Error(`This sandbox has no ${file}`);
	const loaded: Record<string, Start | undefined> = await import(url.href);
	const start = loaded[exported];
	if (!start) throw new Error(`${file} does not export ${exported}`);
	return start(options);
}
