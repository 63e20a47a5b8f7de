import { until } from '../../../demo/lib/poll.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { booksTable, compareBooks, unitKey, type Books } from '../kit/books.mts';
import { asBooks, completionsOf } from '../kit/completions.mts';
import { tableRows } from '../kit/data-tables.mts';
import { openStreams } from '../kit/plant.mts';
import { picoCredential } from '../kit/workflows.mts';
import { Desk } from './catalogue/desk.mts';
import { Company } from './odoo/company.mts';
import { complete, countOf, differencesTable, order, RECONCILIATION, summaryOf, unitsOf, type Difference, type Unit } from './catalogue/reconciliation.mts';

jest.setTimeout(300_000);

const COMPLETIONS = 'picoDoneToOdoo00';
const RECONCILE = 'recOdoo000000001';
/** The same in a plant that leaves young completions alone, as the template does. */
const PATIENT = 'recOdoo000000002';
/** The same for one order, on demand. */
const ONE = 'recOdoo000000004';
/** The same, started by its schedule. */
const NIGHTLY = 'recOdoo000000003';

/** What Odoo's bill of material wants in each pump, and is tracked. */
const PARTS = ['MOTOR-20', 'HOUSING-10'];

interface State {
	orders: Array<{ id: number; name: string; serials: string[] }>;
	messages: Array<{ recordId: number; subject: string }>;
}

describe('the template that reconciles Pico with Odoo', () => {
	let pico: SandboxProcess;
	let odoo: string;
	let desk: Desk;
	let units: Unit[];

	beforeAll(async () => {
		pico = await startSandboxProcess({ odoo: true });
		odoo = pico.odoo ?? '';
		const made = await pico.control<{ orders: Array<{ name: string }> }>('POST', `${odoo}/control/orders`, { partNumber: 'PUMP-100', quantity: 2, count: 30 });
		units = unitsOf(made.orders.map(({ name }) => name), 'PUMP-100');
		await order(pico, units);
		const credentials = [
			picoCredential(pico.endpoint, pico.token),
			new Company(pico).signature(),
		];
		const address = { odooUrl: odoo };
		const settings = { ...address, completionsWorkflowId: COMPLETIONS, leaveMinutes: 0 };
		desk = await Desk.open(credentials, [
			{ name: 'pico-completions-to-odoo', id: COMPLETIONS, settings: address, published: true },
			{ name: 'reconcile-pico-with-odoo', id: RECONCILE, settings },
			{ name: 'reconcile-pico-with-odoo', id: PATIENT, settings: { ...settings, leaveMinutes: 30 } },
			{ name: 'reconcile-pico-with-odoo', id: ONE, settings: { ...settings, leaveMinutes: 30, onlyOrder: units[58].orderId } },
			{ name: 'reconcile-pico-with-odoo', id: NIGHTLY, settings, everySeconds: 10 },
		]);
		await listening();
	});

	afterAll(async () => {
		await desk?.close();
		await pico?.close();
	});

	const listening = async () => await until('the trigger to listen', async () => (await openStreams(pico)) === 1, { timeoutMs: 60_000 });
	const state = async () => await pico.control<State>('GET', `${odoo}/control/state?limit=5000`);
	const posted = async () => (await state()).messages.filter(({ subject }) => subject.startsWith('Pico unit ')).length;
	const rows = async () => await tableRows<Difference>(await desk.installed.session(), RECONCILIATION);
	const faults = async (body: object) => await pico.control('POST', `${odoo}/control/faults`, body);
	const odooCall = async (model: string, method: string, body: object) => {
		const response = await fetch(`${odoo}/json/2/${model}/${method}`, {
			method: 'POST',
			headers: { authorization: 'bearer sandbox-odoo-key' },
			body: JSON.stringify(body),
		});
		if (!response.ok) throw new Error(await response.text());
	};

	/** Every unit of Pico beside its note in Odoo, and the serial numbers of its order. */
	const books = async (): Promise<Books> => {
		const { orders, messages } = await state();
		const completions = await completionsOf(pico);
		const serialOf = (key: string) => asBooks(completions).filter((unit) => unit.key === key).at(-1)?.serial ?? '';
		const postings = orders.flatMap(({ id, name, serials }) =>
			messages
				.filter(({ recordId, subject }) => recordId === id && subject.startsWith('Pico unit '))
				.map(({ subject }) => unitKey(name, Number(/^Pico unit (\d+) of /.exec(subject)?.[1]) - 1))
				.map((key) => ({ key, serial: serials.includes(serialOf(key)) ? serialOf(key) : serials.join(' or ') })),
		);
		return compareBooks({ completions: asBooks(completions), postings });
	};

	it('says so when there is nothing to compare', async () => {
		expect(summaryOf(await desk.press(RECONCILE, 'Run now'))).toBe('0 completions, 0 booked, 0 posted now, 0 differences');
		expect(await rows()).toEqual([]);
	});

	it('leaves young completions to the live workflow', async () => {
		const session = await desk.installed.session();
		await complete(pico, units.slice(0, 50), undefined, PARTS);
		await until('50 units in Odoo', async () => (await posted()) === 50, { timeoutMs: 150_000, everyMs: 500 });
		await desk.settle(COMPLETIONS);
		await session.deactivate(COMPLETIONS);
		// One is booked with another serial number, one is corrected, and ten are built while nobody listens.
		const lots = (await (await fetch(`${odoo}/control/records?model=stock.lot`)).json()) as { records: Array<{ id: number; name: string }> };
		const wrong = lots.records.find(({ name }) => name === units[7].serial);
		await odooCall('stock.lot', 'write', { ids: [wrong?.id], vals: { name: 'MISREAD-7' } });
		await complete(pico, [units[3]], undefined, PARTS);
		await complete(pico, units.slice(50, 60), undefined, PARTS);
		await complete(pico, [units[52]], 'CORRECTED-52', PARTS);
		const run = await desk.press(PATIENT, 'Run now');
		expect(summaryOf(run)).toMatch(/^60 completions, \d+ booked, 0 posted now, \d differences$/);
		expect(await posted()).toBe(50);
	});

	it('posts one order on demand, its youngest units too, and says nothing of others', async () => {
		expect(summaryOf(await desk.press(ONE, 'Run now'))).toBe('2 completions, 0 booked, 2 posted now, 2 differences');
		expect(countOf(await rows())['missing in Odoo, posted now']).toBe(2);
		expect(summaryOf(await desk.press(ONE, 'Run now'))).toBe('2 completions, 2 booked, 0 posted now, 0 differences');
	});

	it('posts what was never booked and lists what differs, past calls that failed', async () => {
		await faults({ status: 500, count: 1, path: 'search_read' });
		const posting = desk.press(RECONCILE, 'Run now');
		await until('the first posted unit', async () => (await posted()) > 52, { timeoutMs: 60_000, everyMs: 50 });
		// One unit cannot be posted now: the others are, and the reason is kept.
		await faults({ status: 500, count: 1, path: 'mrp.production/write' });
		expect(summaryOf(await posting)).toBe('60 completions, 52 booked, 7 posted now, 9 differences');
		const found = await rows();
		console.info(differencesTable(found));
		expect(countOf(found)).toEqual({ 'missing in Odoo, posted now': 9, 'still missing in Odoo': 1, 'different serial': 1 });
		expect(found.find(({ finding }) => finding.startsWith('still'))?.finding).toMatch(/^still missing in Odoo: .+/);
		expect(found.find(({ finding }) => finding === 'different serial')).toMatchObject({ serial: units[7].serial, serialInErp: 'MISREAD-7' });
		const names = found.map(({ orderId, orderIndex }) => `${orderId} ${orderIndex}`).sort();
		expect(names).toEqual([units[7], ...units.slice(50)].map(({ orderId, orderIndex }) => `${orderId} ${orderIndex}`).sort());
	});

	it('posts the rest by its schedule, then nothing more, and the books agree', async () => {
		const session = await desk.installed.session();
		// n8n lets a schedule call published workflows only.
		await desk.publishDeaf(COMPLETIONS);
		await session.activate(NIGHTLY);
		await until('a run of the schedule', async () => (await session.runs(NIGHTLY)).some(({ status }) => status === 'success'), { timeoutMs: 90_000 });
		await session.deactivate(NIGHTLY);
		await desk.settle(NIGHTLY);
		const last = (await session.executions(NIGHTLY))[0];
		expect(summaryOf(last)).toBe('60 completions, 59 booked, 1 posted now, 2 differences');
		const calls = async () => await pico.control<Array<{ id: number; what: string }>>('GET', `${odoo}/control/calls`);
		const newest = Math.max(...(await calls()).map(({ id }) => id));
		expect(summaryOf(await desk.press(RECONCILE, 'Run now'))).toBe('60 completions, 60 booked, 0 posted now, 1 differences');
		expect((await calls()).filter(({ id, what }) => id > newest && !what.includes('search_read'))).toEqual([]);

		const result = await books();
		console.info(booksTable('Pico and Odoo after the reconciliation', result));
		expect(result.wrong.map(({ key, verdict }) => ({ key, verdict }))).toEqual([
			{ key: unitKey(units[7].orderId, units[7].orderIndex), verdict: 'wrong serial' },
		]);
		expect(countOf(await rows())).toEqual({ 'missing in Odoo, posted now': 10, 'different serial': 1 });
	});

	it('lists what Odoo has booked and Pico does not tell', async () => {
		await pico.control('POST', 'reset', {});
		expect(summaryOf(await desk.press(RECONCILE, 'Run now'))).toBe('0 completions, 0 booked, 0 posted now, 60 differences');
		expect(countOf(await rows())).toEqual({ "in Odoo but not in Pico's window": 60 });
	});
});
