import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Double {
	url: string;
	close(): Promise<void>;
}

type Start = (options: { port: number; host: string }) => Promise<Double>;

/** Starts an ERP double; its code is loaded only when it is asked for. `file` is relative to this folder. */
export async function startDouble(
	file: string,
	exported: string,
	options: { port: number; host: string },
): Promise<Double> {
	const url = new URL(file, `${import.meta.url}`);
	if (!existsSync(fileURLToPath(url))) throw new Error(`This sandbox has no ${file}`);
	const loaded: Record<string, Start | undefined> = await import(url.href);
	const start = loaded[exported];
	if (!start) throw new Error(`${file} does not export ${exported}`);
	return start(options);
}
