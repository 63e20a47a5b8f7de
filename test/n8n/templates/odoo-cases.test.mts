import { Odoo } from '../../contract/odoo/connection.mts';
import { Workshop } from '../../contract/odoo/workshop.mts';
import { InstalledN8n } from '../kit/installed.mts';
import { CASES, type Bench } from './odoo/cases.mts';
import { Front } from './odoo/front.mts';
import { Handover } from './odoo/handover.mts';
import { onReal, PLACES, type Place } from './odoo/places.mts';

jest.setTimeout(300_000);

describe('completions to Odoo: what a plant meets', () => {
	let installed: InstalledN8n;

	beforeAll(async () => {
		installed = await InstalledN8n.create({ credentials: [], workflows: [] });
		await installed.n8n.start();
	});

	afterAll(async () => {
		await installed?.remove();
	});

	describe.each(PLACES)('%s', (_name, start) => {
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

		it.each(CASES.filter(({ onDoubleOnly }) => !(onReal && onDoubleOnly)))('$name', async ({ holds }) => await holds(bench));
	});
});
