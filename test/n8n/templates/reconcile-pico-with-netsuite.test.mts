import { control as call } from '../../../demo/lib/doubles.mts';
import { netsuiteCredentials } from '../../../demo/lib/netsuite-credentials.mts';
import { until } from '../../../demo/lib/poll.mts';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../../packages/sandbox/src/netsuite/server.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { booksTable, compareBooks, unitKey, type Books } from '../kit/books.mts';
import { asBooks, completionsOf } from '../kit/completions.mts';
import { tableRows } from '../kit/data-tables.mts';
import { openStreams } from '../kit/plant.mts';
import { picoCredential } from '../kit/workflows.mts';
import { Desk } from './catalogue/desk.mts';
import { PLANT_IDS, signedIn } from './netsuite/signed-in.mts';
import { complete, countOf, differencesTable, order, RECONCILIATION, summaryOf, unitsOf, type Difference, type Unit } from './catalogue/reconciliation.mts';

jest.setTimeout(300_000);

const COMPLETIONS = 'picoToNetsuite00';
const RECONCILE = 'recNs00000000001';
/** The same in a plant that leaves young completions alone, as the template does. */
const PATIENT = 'recNs00000000002';
/** The same for one order, on demand. */
const ONE = 'recNs00000000004';
/** The same, started by its schedule. */
const NIGHTLY = 'recNs00000000003';
const PART = 'GEAR-200';

interface Booking {
	externalId: string;
	memo: string;
	inventoryDetail?: { inventoryAssignment: { items: Array<{ receiptInventoryNumber: string }> } };
}

describe('the template that reconciles Pico with NetSuite', () => {
	let pico: SandboxProcess;
	let netsuite: NetsuiteDouble;
	let desk: Desk;
	let units: Unit[];

	beforeAll(async () => {
		pico = await startSandboxProcess();
		netsuite = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
		await pico.control('POST', 'operations/deploy', { partNumber: PART, revision: 'A', name: 'Gearbox' });
		const made = await control<{ orders: Array<{ tranId: string }> }>('POST', 'orders', { partNumber: PART, quantity: 2, count: 30 });
		units = unitsOf(made.orders.map(({ tranId }) => tranId), PART);
		await order(pico, units);
		const { callsWorkflowId, bookingWorkflowId } = PLANT_IDS;
		const settings = { callsWorkflowId, completionsWorkflowId: COMPLETIONS, leaveMinutes: 0 };
		desk = await Desk.open([picoCredential(pico.endpoint, pico.token), ...netsuiteCredentials(netsuite)], [
			...signedIn(netsuite),
			{ name: 'pico-completions-to-netsuite', id: COMPLETIONS, settings: { bookingWorkflowId }, published: true },
			{ name: 'reconcile-pico-with-netsuite', id: RECONCILE, settings },
			{ name: 'reconcile-pico-with-netsuite', id: PATIENT, settings: { ...settings, leaveMinutes: 30 } },
			{ name: 'reconcile-pico-with-netsuite', id: ONE, settings: { ...settings, leaveMinutes: 30, onlyOrder: units[58].orderId } },
			{ name: 'reconcile-pico-with-netsuite', id: NIGHTLY, settings, everySeconds: 10 },
		]);
		await until('the trigger to listen', async () => (await openStreams(pico)) === 1, { timeoutMs: 60_000 });
	});

	afterAll(async () => {
		await desk?.close();
		await netsuite?.close();
		await pico?.close();
	});

	const control = async <T,>(method: 'GET' | 'POST', path: string, body?: unknown) => await call<T>(netsuite.plainUrl, method, path, body);
	const bookings = async () => (await control<{ records: Booking[] }>('GET', 'records?type=workOrderCompletion')).records;
	const rows = async () => await tableRows<Difference>(await desk.installed.session(), RECONCILIATION);
	const faults = async (body: object) => await control('POST', 'faults', body);

	/** A person books a unit in NetSuite by hand, under the event of Pico but with another serial number. */
	const bookByHand = async ({ orderId, orderIndex }: Unit, serial: string) => {
		const event = (await completionsOf(pico)).find((each) => each.orderId === orderId && each.orderIndex === orderIndex);
		const response = await fetch(`${netsuite.plainUrl}/services/rest/record/v1/workOrder/eid:${orderId}/!transform/workOrderCompletion`, {
			method: 'POST',
			headers: { authorization: `Bearer ${netsuite.credentials.accessToken}` },
			body: JSON.stringify({
				externalId: event?.eventId,
				memo: `Pico ${unitKey(orderId, orderIndex)}`,
				completedQuantity: 1,
				inventoryDetail: { inventoryAssignment: { items: [{ receiptInventoryNumber: serial, quantity: 1 }] } },
			}),
		});
		if (!response.ok) throw new Error(await response.text());
	};

	const books = async (): Promise<Books> => {
		const postings = (await bookings()).map(({ memo, inventoryDetail }) => ({
			key: memo.replace('Pico ', ''),
			serial: inventoryDetail?.inventoryAssignment.items[0]?.receiptInventoryNumber ?? null,
		}));
		return compareBooks({ completions: asBooks(await completionsOf(pico)), postings });
	};

	it('says so when there is nothing to compare', async () => {
		expect(summaryOf(await desk.press(RECONCILE, 'Run now'))).toBe('0 completions, 0 booked, 0 posted now, 0 differences');
		expect(await rows()).toEqual([]);
	});

	it('leaves young completions to the live workflow', async () => {
		await complete(pico, units.slice(0, 49));
		await until('49 units in NetSuite', async () => (await bookings()).length === 49, { timeoutMs: 150_000, everyMs: 500 });
		await desk.settle(COMPLETIONS);
		await (await desk.installed.session()).deactivate(COMPLETIONS);
		// One is booked by hand with another serial number, one is corrected, and ten are built while nobody listens.
		await complete(pico, [units[49]]);
		await bookByHand(units[49], 'MISREAD-49');
		await complete(pico, [units[3]]);
		await complete(pico, units.slice(50, 60));
		await complete(pico, [units[52]], 'CORRECTED-52');
		const run = await desk.press(PATIENT, 'Run now');
		expect(summaryOf(run)).toMatch(/^60 completions, \d+ booked, 0 posted now, \d differences$/);
		expect(await bookings()).toHaveLength(50);
	});

	it('posts one order on demand, its youngest units too, and says nothing of others', async () => {
		expect(summaryOf(await desk.press(ONE, 'Run now'))).toBe('2 completions, 0 booked, 2 posted now, 2 differences');
		expect(countOf(await rows())['missing in NetSuite, posted now']).toBe(2);
		expect(summaryOf(await desk.press(ONE, 'Run now'))).toBe('2 completions, 2 booked, 0 posted now, 0 differences');
	});

	it('posts what was never booked and lists what differs, past calls that failed', async () => {
		await faults({ status: 500, count: 1, path: 'suiteql' });
		const posting = desk.press(RECONCILE, 'Run now');
		await until('the first posted unit', async () => (await bookings()).length > 52, { timeoutMs: 60_000, everyMs: 50 });
		// One unit cannot be posted now: the others are, and the reason is kept.
		await faults({ status: 500, count: 1, path: '!transform/workOrderCompletion' });
		expect(summaryOf(await posting)).toBe('60 completions, 52 booked, 7 posted now, 9 differences');
		const found = await rows();
		console.info(differencesTable(found));
		expect(countOf(found)).toEqual({ 'missing in NetSuite, posted now': 9, 'still missing in NetSuite': 1, 'different serial': 1 });
		expect(found.find(({ finding }) => finding.startsWith('still'))?.finding).toMatch(/^still missing in NetSuite: .+/);
		expect(found.find(({ finding }) => finding === 'different serial')).toMatchObject({ serial: units[49].serial, serialInErp: 'MISREAD-49' });
		const names = found.map(({ orderId, orderIndex }) => `${orderId} ${orderIndex}`).sort();
		expect(names).toEqual(units.slice(49).map(({ orderId, orderIndex }) => `${orderId} ${orderIndex}`).sort());
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
		const calls = async () => await control<Array<{ id: number; what: string }>>('GET', 'calls');
		const newest = Math.max(...(await calls()).map(({ id }) => id));
		expect(summaryOf(await desk.press(RECONCILE, 'Run now'))).toBe('60 completions, 60 booked, 0 posted now, 1 differences');
		expect((await calls()).filter(({ id, what }) => id > newest && !/suiteql|oauth2/.test(what))).toEqual([]);

		const result = await books();
		console.info(booksTable('Pico and NetSuite after the reconciliation', result));
		expect(result.wrong.map(({ key, verdict }) => ({ key, verdict }))).toEqual([
			{ key: unitKey(units[49].orderId, units[49].orderIndex), verdict: 'wrong serial' },
		]);
		expect(countOf(await rows())).toEqual({ 'missing in NetSuite, posted now': 10, 'different serial': 1 });
	});

	it('lists what NetSuite has booked and Pico does not tell', async () => {
		await pico.control('POST', 'reset', {});
		expect(summaryOf(await desk.press(RECONCILE, 'Run now'))).toBe('0 completions, 0 booked, 0 posted now, 60 differences');
		expect(countOf(await rows())).toEqual({ "in NetSuite but not in Pico's window": 60 });
	});
});
