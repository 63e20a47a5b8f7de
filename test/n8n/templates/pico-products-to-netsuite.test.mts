import { netsuiteCredentials } from '../../../demo/lib/netsuite-credentials.mts';
import { control as call } from '../../../demo/lib/doubles.mts';
import type { Execution } from '../../../demo/lib/n8n-session.mts';
import { until } from '../../../demo/lib/poll.mts';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../../packages/sandbox/src/netsuite/server.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { FAILED_EVENTS, tableRows } from '../kit/data-tables.mts';
import { openStreams } from '../kit/plant.mts';
import { itemsOf } from '../kit/runs.mts';
import { picoCredential } from '../kit/workflows.mts';
import { addBulk, catalogueOf, deployBlower, type Part } from './catalogue/pico-catalogue.mts';
import { Desk } from './catalogue/desk.mts';
import { PLANT_IDS, signedIn } from './netsuite/signed-in.mts';

jest.setTimeout(300_000);

const PRODUCTS = 'prodNs0000000001';
/** The same template in a plant that wants archived products inactive, and whose members follow Pico. */
const FOLLOWING = 'prodNs0000000002';
const START = 'Load everything';

interface Item {
	id: number;
	itemId: string;
	externalId?: string;
	displayName?: string;
	isInactive: boolean;
	custitem_revision?: string;
	member?: Array<{ item: { type: string; id: number }; quantity: number }>;
}

describe('the template that brings products to NetSuite', () => {
	let pico: SandboxProcess;
	let netsuite: NetsuiteDouble;
	let desk: Desk;

	beforeAll(async () => {
		pico = await startSandboxProcess();
		netsuite = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
		await pico.control('POST', 'operations/deploy', { partNumber: "O'RING 0012", revision: '1', name: 'Ring, left' });
		await addBulk(pico, 100);
		const settings = { callsWorkflowId: PLANT_IDS.callsWorkflowId };
		desk = await Desk.open([picoCredential(pico.endpoint, pico.token), ...netsuiteCredentials(netsuite)], [
			...signedIn(netsuite),
			{ name: 'pico-products-to-netsuite', id: PRODUCTS, settings },
			{ name: 'pico-products-to-netsuite', id: FOLLOWING, settings: { ...settings, archiveInNetsuite: true, replaceMembers: true } },
		]);
	});

	afterAll(async () => {
		await desk?.close();
		await netsuite?.close();
		await pico?.close();
	});

	const control = async <T,>(method: 'GET' | 'POST', path: string, body?: unknown) => await call<T>(netsuite.plainUrl, method, path, body);
	const records = async (type: string) => (await control<{ records: Item[] }>('GET', `records?type=${type}`)).records;
	const callsDuring = async (work: () => Promise<unknown>) => {
		const calls = async () => await control<Array<{ id: number; what: string }>>('GET', 'calls');
		const last = Math.max(0, ...(await calls()).map(({ id }) => id));
		await work();
		return (await calls()).filter(({ id }) => id > last).map(({ what }) => what);
	};
	const isRead = (what: string) => what.startsWith('GET ') || /suiteql|oauth2/.test(what);
	const leftIn = (run: Execution | undefined) => (run ? (itemsOf(run, 'What is different')[0]?.left as Array<{ partNumber: string; why: string }>) : []);

	/** The part as NetSuite has it now; undefined unless there is exactly one, of the type that fits. */
	const inNetsuite = async (): Promise<(partNumber: string) => (Part & { inactive: boolean }) | undefined> => {
		const [assemblies, inventory] = [await records('assemblyItem'), await records('inventoryItem')];
		const nameOf = (id: number) => [...assemblies, ...inventory].find((item) => item.id === id)?.itemId ?? '';
		return (partNumber) => {
			const found = [...assemblies, ...inventory].filter(({ itemId, externalId }) => itemId === partNumber || externalId === partNumber);
			const [{ displayName = '', custitem_revision = '', member = [], isInactive } = {} as Item] = found;
			if (found.length !== 1) return undefined;
			return {
				partNumber,
				name: displayName,
				revision: custitem_revision,
				lines: Object.fromEntries(member.map(({ item, quantity }) => [nameOf(item.id), quantity])),
				inactive: isInactive,
			};
		};
	};

	const expectSame = async (but: readonly string[] = []) => {
		const find = await inNetsuite();
		const catalogue = (await catalogueOf(pico)).filter(({ partNumber }) => !but.includes(partNumber));
		expect(catalogue.map(({ partNumber }) => find(partNumber))).toEqual(catalogue.map((part) => ({ ...part, inactive: false })));
		return catalogue.length;
	};

	it('loads the whole catalogue, parts before what they are built into, past calls that failed', async () => {
		await control('POST', 'faults', { status: 500, count: 2, path: 'suiteql' });
		// PUMP-100 is in NetSuite already, with members that Pico does not know.
		const before = (await inNetsuite())('PUMP-100');
		const run = await desk.press(PRODUCTS, START);
		expect(run.status).toBe('success');
		expect(await expectSame(['PUMP-100'])).toBe(113);
		const pump = (await inNetsuite())('PUMP-100');
		expect(pump).toMatchObject({ name: 'Coolant Pump 230 V', lines: before?.lines });
	});

	it('goes on where a load was cut short', async () => {
		await pico.control('POST', 'operations/deploy', { partNumber: 'LATE-1', revision: 'A', name: 'Late one' });
		await pico.control('POST', 'operations/deploy', { partNumber: 'LATE-2', revision: 'A', name: 'Late two' });
		await control('POST', 'faults', { status: 500, count: 3, path: 'PUT' });
		expect((await desk.press(PRODUCTS, START)).status).toBe('error');
		expect((await desk.press(PRODUCTS, START)).status).toBe('success');
		expect(await expectSame(['PUMP-100'])).toBe(115);
	});

	it('writes nothing when nothing changed, and shows members that differ', async () => {
		let run: Awaited<ReturnType<Desk['press']>> | undefined;
		const calls = await callsDuring(async () => (run = await desk.press(PRODUCTS, START)));
		expect(calls.filter((what) => !isRead(what))).toEqual([]);
		// One question for up to 200 items, one for the members of each assembly, and a sign-in for both kinds.
		expect(calls.length).toBeLessThan(14);
		expect(leftIn(run)).toEqual([
			{ partNumber: 'PUMP-100', why: 'members differ, left' },
			{ partNumber: 'PUMP-090', why: 'archived in Pico, left in NetSuite' },
		]);
	});

	it('lets the members follow Pico where the plant wants it', async () => {
		expect((await desk.press(FOLLOWING, START)).status).toBe('success');
		expect(await expectSame()).toBe(116);
		const calls = await callsDuring(async () => await desk.press(FOLLOWING, START));
		expect(calls.filter((what) => !isRead(what))).toEqual([]);
	});

	it('follows changes as they happen, and makes a new product once although two events tell of it', async () => {
		await (await desk.installed.session()).activate(FOLLOWING);
		await until('both triggers to listen', async () => (await openStreams(pico)) === 2, { timeoutMs: 60_000 });
		await desk.settle(FOLLOWING);
		await pico.control('POST', 'operations/deploy', { partNumber: 'MOTOR-110', revision: 'C', name: 'Motor, efficiency class 4' });
		await deployBlower(pico);
		await until('the members of the blower', async () => (await inNetsuite())('BLOWER-1')?.lines['FAN-7'] === 2, { timeoutMs: 60_000 });
		await desk.settle(FOLLOWING);
		expect(await expectSame()).toBe(118);
	});

	it('takes a new revision, and a change of structure', async () => {
		await pico.control('POST', 'operations/deploy', { partNumber: 'FAN-7', revision: 'B', name: 'Fan wheel, balanced' });
		await pico.control('POST', 'structure/change', { parentPartNumber: 'BLOWER-1', childPartNumber: 'MOTOR-110', childIndex: 1, remove: true });
		await until('the new members', async () => (await inNetsuite())('BLOWER-1')?.lines['MOTOR-110'] === undefined, { timeoutMs: 60_000 });
		await desk.settle(FOLLOWING);
		expect((await inNetsuite())('FAN-7')).toMatchObject({ name: 'Fan wheel, balanced', revision: 'B' });
		expect((await inNetsuite())('BLOWER-1')?.lines).toEqual({ 'FAN-7': 2 });
	});

	it('leaves an archived product as it is, unless the plant wants it inactive', async () => {
		await (await desk.installed.session()).deactivate(FOLLOWING);
		await pico.control('POST', 'operations/archive', { partNumber: 'PUMP-101' });
		await pico.control('POST', 'operations/archive', { partNumber: 'FAN-7', revision: 'A' });
		const run = await desk.press(PRODUCTS, START);
		expect(leftIn(run)).toContainEqual({ partNumber: 'PUMP-101', why: 'archived in Pico, left in NetSuite' });
		expect((await inNetsuite())('PUMP-101')).toMatchObject({ inactive: false });
		expect((await desk.press(FOLLOWING, START)).status).toBe('success');
		expect((await inNetsuite())('PUMP-101')).toMatchObject({ inactive: true });
		// An old revision that is archived says nothing about the part.
		expect((await inNetsuite())('FAN-7')).toMatchObject({ inactive: false, revision: 'B' });
		const calls = await callsDuring(async () => await desk.press(FOLLOWING, START));
		expect(calls.filter((what) => !isRead(what))).toEqual([]);
	});

	it('parks a change that NetSuite refuses again and again, with what it needs to be posted again', async () => {
		const session = await desk.installed.session();
		await session.activate(FOLLOWING);
		await until('both triggers to listen', async () => (await openStreams(pico)) === 2, { timeoutMs: 60_000 });
		await desk.settle(FOLLOWING);
		await control('POST', 'faults', { status: 500, path: 'PUT' });
		await pico.control('POST', 'operations/deploy', { partNumber: "O'RING 0012", revision: '1', name: 'Ring, right' });
		const [row] = await until('the parked event', async () => {
			const rows = await tableRows(session, FAILED_EVENTS);
			return rows.length > 0 && rows;
		}, { timeoutMs: 120_000 });
		expect(row).toMatchObject({ status: 'parked', partNumber: "O'RING 0012", workflowId: FOLLOWING });
		expect(JSON.parse(row.payload)).toMatchObject({ eventId: row.eventId, name: 'Ring, right' });
		await control('POST', 'faults', { status: 0, count: 0 });
	});
});
