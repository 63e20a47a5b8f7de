import { REAL_ODOO, type RealOdoo } from '../../../contract/odoo/each-odoo.mts';
import type { Access } from '../../../contract/odoo/connection.mts';
import { startOdooDouble } from '../../../../packages/sandbox/src/odoo/server.mts';

/** An Odoo that templates are run against. */
export interface Place {
	access: Access;
	isReal: boolean;
	close(): Promise<unknown>;
}

const real = process.env[REAL_ODOO] === undefined ? undefined : (JSON.parse(process.env[REAL_ODOO]) as RealOdoo);

/** The doubles of each version, or the one real Odoo that the caller has. */
export const PLACES: Array<[name: string, start: () => Promise<Place>]> = real
	? [[`Odoo ${real.version} at ${real.url}`, () => Promise.resolve({ access: real, isReal: true, close: () => Promise.resolve() })]]
	: ([17, 18, 19] as const).map((version) => [`the double of Odoo ${version}`, () => double(version)]);

export const onReal = real !== undefined;

async function double(version: 17 | 18 | 19): Promise<Place> {
	const { url, credentials, close } = await startOdooDouble({ port: 0, host: '127.0.0.1', version });
	const { db, username, password, apiKey } = credentials;
	return { access: { url, db, login: username, password, apiKey }, isReal: false, close };
}
