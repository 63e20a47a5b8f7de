import { until } from '../../../demo/lib/poll.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { FAILED_EVENTS, tableRows } from '../kit/data-tables.mts';
import { openStreams } from '../kit/plant.mts';
import { itemsOf } from '../kit/runs.mts';
import { picoCredential } from '../kit/workflows.mts';
import { addBulk, catalogueOf, deployBlower, type Part } from './catalogue/pico-catalogue.mts';
import { Desk } from './catalogue/desk.mts';
import { Company } from './odoo/company.mts';

jest.setTimeout(300_000);

const PRODUCTS = 'prodOdoo00000001';
/** The same template in a plant that wants archived products inactive. */
const ARCHIVING = 'prodOdoo00000002';
const START = 'Load everything';

interface Product {
	id: number;
	default_code: string | false;
	name: string;
	active: boolean;
	x_revision: string | false;
}

interface Bill {
	id: number;
	code: string;
}

interface Line {
	bom_id: [number, string];
	product_id: [number, string];
	product_qty: number;
}

describe('the template that brings products to Odoo', () => {
	let pico: SandboxProcess;
	let odoo: string;
	let desk: Desk;

	beforeAll(async () => {
		pico = await startSandboxProcess({ odoo: true });
		odoo = pico.odoo ?? '';
		// Part numbers that look like numbers are text all the same.
		await pico.control('POST', 'operations/deploy', { partNumber: '0012', revision: '1', name: 'Bracket, left' });
		await addBulk(pico, 100);
		const company = new Company(pico);
		const [model] = await company.call<Array<{ id: number }>>('ir.model', 'search_read', { domain: [['model', '=', 'product.template']], fields: ['id'] });
		await company.record('ir.model.fields', { model_id: model.id, name: 'x_revision', field_description: 'Revision', ttype: 'char' });
		const credentials = [
			picoCredential(pico.endpoint, pico.token),
			company.signature(),
		];
		const settings = { odooUrl: odoo, revisionField: 'x_revision', overwriteNames: true };
		desk = await Desk.open(credentials, [
			{ name: 'pico-products-to-odoo', id: PRODUCTS, settings },
			{ name: 'pico-products-to-odoo', id: ARCHIVING, settings: { ...settings, archiveInOdoo: true } },
		]);
	});

	afterAll(async () => {
		await desk?.close();
		await pico?.close();
	});

	/** All records of a model, archived ones too. */
	const records = async <T,>(model: string): Promise<T[]> => {
		const response = await fetch(`${odoo}/json/2/${model}/search_read`, {
			method: 'POST',
			headers: { authorization: 'bearer sandbox-odoo-key' },
			body: JSON.stringify({ context: { active_test: false } }),
		});
		return (await response.json()) as T[];
	};
	const faults = async (body: object) => await pico.control('POST', `${odoo}/control/faults`, body);
	const named = async (partNumber: string) => (await records<Product>('product.product')).filter((each) => each.default_code === partNumber);
	const callsDuring = async (work: () => Promise<unknown>) => {
		const calls = async () => await pico.control<Array<{ id: number; what: string }>>('GET', `${odoo}/control/calls`);
		const last = Math.max(0, ...(await calls()).map(({ id }) => id));
		await work();
		return (await calls()).filter(({ id }) => id > last).map(({ what }) => what);
	};

	/** The part as Odoo has it now; undefined unless there is exactly one. */
	const inOdoo = async (): Promise<(partNumber: string) => Part | undefined> => {
		const [products, bills, lines] = [
			await records<Product>('product.product'),
			await records<Bill>('mrp.bom'),
			await records<Line>('mrp.bom.line'),
		];
		const partOf = (id: number) => products.find((product) => product.id === id)?.default_code || '';
		return (partNumber) => {
			const found = products.filter((product) => product.default_code === partNumber);
			const own = bills.filter(({ code }) => code === `Pico ${partNumber}`);
			if (found.length !== 1 || own.length > 1) return undefined;
			const ownLines = lines.filter(({ bom_id }) => bom_id[0] === own[0]?.id);
			return {
				partNumber,
				name: found[0].name,
				revision: found[0].x_revision || '',
				lines: Object.fromEntries(ownLines.map(({ product_id, product_qty }) => [partOf(product_id[0]), product_qty])),
			};
		};
	};

	const expectSame = async () => {
		const find = await inOdoo();
		const catalogue = await catalogueOf(pico);
		expect(catalogue.map(({ partNumber }) => find(partNumber))).toEqual(catalogue);
		return catalogue.length;
	};

	it('loads the whole catalogue, past calls that failed; a load that was cut short goes on where it stopped', async () => {
		const engineered = (await records<Line>('mrp.bom.line')).length;
		await faults({ status: 500, count: 2, path: 'search_read' });
		expect((await desk.press(PRODUCTS, START)).status).toBe('success');
		expect(await expectSame()).toBe(114);
		await pico.control('POST', 'operations/deploy', { partNumber: 'LATE-1', revision: 'A', name: 'Late one' });
		await pico.control('POST', 'operations/deploy', { partNumber: 'LATE-2', revision: 'A', name: 'Late two' });
		await faults({ status: 500, count: 1, path: 'product.product/create' });
		expect((await desk.press(PRODUCTS, START)).status).toBe('error');
		expect((await desk.press(PRODUCTS, START)).status).toBe('success');
		expect(await expectSame()).toBe(116);
		// Bills that somebody made in Odoo are theirs.
		const lines = await records<Line>('mrp.bom.line');
		const bills = (await records<Bill>('mrp.bom')).filter(({ code }) => code.startsWith('BOM '));
		expect(lines.filter(({ bom_id }) => bills.some(({ id }) => id === bom_id[0]))).toHaveLength(engineered);
	});

	it('leaves out what has no part number, and what was archived before Odoo knew it', async () => {
		const products = await records<Product>('product.product');
		expect(products.filter(({ default_code }) => !default_code || default_code === 'PUMP-090')).toEqual([]);
	});

	it('writes nothing when nothing changed: three questions for a catalogue of any size', async () => {
		const calls = await callsDuring(async () => await desk.press(PRODUCTS, START));
		expect(calls).toEqual(['product.template.fields_get', 'product.product.web_search_read', 'mrp.bom.web_search_read']);
	});

	it('follows changes as they happen, and makes a new product once although two events tell of it', async () => {
		const session = await desk.installed.session();
		await session.activate(PRODUCTS);
		await until('both triggers to listen', async () => (await openStreams(pico)) === 2, { timeoutMs: 60_000 });
		await desk.settle(PRODUCTS);
		await pico.control('POST', 'operations/deploy', { partNumber: 'MOTOR-110', revision: 'C', name: 'Motor, efficiency class 4' });
		await deployBlower(pico);
		await until('the bill of the blower', async () => (await inOdoo())('BLOWER-1')?.lines['FAN-7'] === 2, { timeoutMs: 60_000 });
		await desk.settle(PRODUCTS);
		expect((await inOdoo())('BLOWER-1')?.lines).toEqual({ 'FAN-7': 2, 'MOTOR-110': 1 });
		expect(await expectSame()).toBe(118);
	});

	it('takes a new revision, and a change of structure', async () => {
		await pico.control('POST', 'operations/deploy', { partNumber: 'FAN-7', revision: 'B', name: 'Fan wheel, balanced' });
		await pico.control('POST', 'structure/change', { parentPartNumber: 'BLOWER-1', childPartNumber: 'MOTOR-110', childIndex: 1, remove: true });
		await until('the new lines', async () => (await inOdoo())('BLOWER-1')?.lines['MOTOR-110'] === undefined, { timeoutMs: 60_000 });
		await desk.settle(PRODUCTS);
		expect((await inOdoo())('FAN-7')).toMatchObject({ name: 'Fan wheel, balanced', revision: 'B' });
		expect((await inOdoo())('BLOWER-1')?.lines).toEqual({ 'FAN-7': 2 });
	});

	it('leaves an archived product as it is, unless the plant wants it inactive', async () => {
		await pico.control('POST', 'operations/archive', { partNumber: 'PUMP-101' });
		await pico.control('POST', 'operations/archive', { partNumber: 'FAN-7', revision: 'A' });
		await desk.settle(PRODUCTS);
		expect(await named('PUMP-101')).toEqual([expect.objectContaining({ active: true })]);
		const run = await desk.press(ARCHIVING, START);
		expect(itemsOf(run, 'Each change')).toEqual([expect.objectContaining({ what: 'PUMP-101', vals: { active: false } })]);
		expect(await named('PUMP-101')).toEqual([expect.objectContaining({ active: false })]);
		// An old revision that is archived says nothing about the part.
		expect(await named('FAN-7')).toEqual([expect.objectContaining({ active: true, x_revision: 'B' })]);
		const calls = await callsDuring(async () => await desk.press(ARCHIVING, START));
		expect(calls.filter((what) => !/search_read|fields_get/.test(what))).toEqual([]);
	});

	it('parks a change that Odoo refuses three times, with what it needs to be posted again', async () => {
		await faults({ status: 500, path: 'product.template/write' });
		await pico.control('POST', 'operations/deploy', { partNumber: '0012', revision: '1', name: 'Bracket, right' });
		const session = await desk.installed.session();
		const [row] = await until('the parked event', async () => {
			const rows = await tableRows(session, FAILED_EVENTS);
			return rows.length > 0 && rows;
		}, { timeoutMs: 90_000 });
		expect(row).toMatchObject({ status: 'parked', partNumber: '0012', workflowId: PRODUCTS });
		expect(JSON.parse(row.payload)).toMatchObject({ eventId: row.eventId, name: 'Bracket, right', structure: expect.any(Object) });
		await faults({ status: 0, count: 0 });
	});
});
