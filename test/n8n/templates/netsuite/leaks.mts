import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plant } from './plant.mts';

const KEY = /BEGIN (?:RSA |EC )?PRIVATE KEY/;
/** The access tokens of the double and the statements with which n8n signs in are JWTs. */
const JWT = /eyJ[\w-]+\.(eyJ[\w-]+)/g;

/** Where a secret lies in what n8n kept or wrote: its database (executions, tables, static data) and its log. */
export async function leaked({ n8n }: Plant): Promise<string[]> {
	return filesIn(n8n.folder).flatMap((file) => {
		// latin1 keeps every byte: the database is not text.
		const text = readFileSync(file, 'latin1');
		const tokens = [...text.matchAll(JWT)].filter(([, payload]) => !isN8nsOwn(payload));
		const place = file.slice(n8n.folder.length + 1);
		return [...(tokens.length > 0 ? [`${tokens.length} tokens in ${place}`] : []), ...(KEY.test(text) ? [`a private key in ${place}`] : [])];
	});
}

/** The key for n8n's own API, which the tests make. */
const isN8nsOwn = (payload: string): boolean => /"iss":"n8n"/.test(Buffer.from(payload, 'base64url').toString());

/** n8n's files without the packages and the editor that it unpacked. */
function filesIn(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		if (name === 'node_modules' || name === '.cache') return [];
		return statSync(path).isDirectory() ? filesIn(path) : [path];
	});
}
