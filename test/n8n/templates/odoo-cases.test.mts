import { REAL_ODOO, type RealOdoo } from '../../contract/odoo/each-odoo.mts';
import { Odoo, type Access } from '../../contract/odoo/connection.mts';
import { Workshop } from '../../contract/odoo/workshop.mts';
import { startOdooDouble } from '../../../packages/sandbox/src/odoo/server.mts';
import { InstalledN8n } from '../kit/installed.mts';
import { CASES, type Bench } from './odoo/cases.mts';
import { Front } from './odoo/front.mts';
import { Handover } from './odoo/handover.mts';

jest.setTimeout(300_000);

interface Place {
	access: Access;
	close(): Promise<unknown>;
}

/** The doubles of each version, or the one real Odoo that the caller has. */
const real = process.env[REAL_ODOO] === undefined ? undefined : (JSON.parse(process.env[REAL_ODOO]) as RealOdoo);
const places: Array<[name: string, start: () => Promise<Place>]> = real
	? [[`Odoo ${real.version} at ${real.url}`, () => Promise.resolve({ access: real, close: () => Promise.resolve() })]]
	: ([17, 18, 19] as const).map((version) => [`the double of Odoo ${version}`, () => double(version)]);

async function double(version: 17 | 18 | 19): Promise<Place> {
	const { url, credentials, close } = await startOdooDouble({ port: 0, host: '127.0.0.1', version });
	const { db, username, password, apiKey } = credentials;
	return { access: { url, db, login: username, password, apiKey }, close };
}

describe('completions to Odoo: what a plant meets', () => {
	let installed: InstalledN8n;

	beforeAll(async () => {
		installed = await InstalledN8n.create({ credentials: [], workflows: [] });
		await installed.n8n.start();
	});

	afterAll(async () => {
		await installed?.remove();
	});

	describe.each(places)('%s', (_name, start) => {
		let place: Place;
		let bench: Bench;

		beforeAll(async () => {
			place = await start();
			const odoo = await Odoo.connect(place.access);
			const front = await Front.before(place.access.url);
			const n8n = { url: installed.n8n.url, session: await installed.session() };
			bench = { odoo, workshop: new Workshop(odoo), front, handover: new Handover(n8n, odoo, front.url) };
		});

		afterAll(async () => {
			await bench?.workshop.cleanUp();
			await bench?.front.close();
			await place?.close();
		});

		it.each(CASES.filter(({ onDoubleOnly }) => !(real && onDoubleOnly)))('$name', async ({ holds }) => await holds(bench));
	});
});
