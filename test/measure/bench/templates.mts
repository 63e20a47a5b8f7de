import { netsuiteCredentials } from '../../../demo/lib/netsuite-credentials.mts';
import { netsuiteSettings } from '../../../demo/lib/netsuite-plant.mts';
import { plantTemplate, settingsFor } from '../../../demo/lib/plant-template.mts';
import { until } from '../../../demo/lib/poll.mts';
import type { Credential, Workflow } from '../../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { Account } from '../../n8n/templates/netsuite/account.mts';
import { PLANT_IDS, signedIn } from '../../n8n/templates/netsuite/signed-in.mts';
import { Company } from '../../n8n/templates/odoo/company.mts';
import { messageOf } from '../kit/command.mts';
import { picoCredential } from '../kit/flows.mts';
import { packed } from '../kit/places.mts';
import { RealN8n } from '../kit/realN8n.mts';
import { runs, type Bench, type Question } from './context.mts';
import { ratioRow, sameCount, valueRow, type Row } from './report.mts';

type Flow = Workflow & { id: string };

const PART = 'PUMP-100';
/** Both tracked by serial number in the ERPs. */
const COMPONENTS = ['MOTOR-20', 'HOUSING-10'];
/** From the root's `templates`, where today's lie. */
const OLD = '../test/measure/bench/templates-0.1.0/';
/** A unit that is not booked in ten seconds, on average, does not come any more. */
const PATIENCE_MS_A_UNIT = 10_000;

/** An ERP of its own, so that neither template meets the other's units. */
interface Erp {
	credentials: Credential[];
	/** What "Plant settings" of the template ask for. */
	settings: Record<string, string | number>;
	/** Workflows that it calls. */
	called: Flow[];
	/** New orders of one unit each, by their numbers. */
	orders(count: number): Promise<string[]>;
	/** Serial numbers that will be scanned. */
	receive(partNumber: string, serials: string[]): Promise<void>;
	booked(): Promise<number>;
	/** Calls of its API so far, by the double's own log. */
	calls(): Promise<number>;
	close(): Promise<void>;
}

interface Side {
	id: string;
	name: string;
	pico: SandboxProcess;
	erp: Erp;
	credentials: Credential[];
	workflows: Flow[];
	perSecond: number[];
	calls: number[];
}

type Version = 'now' | 'old';

/** The same ids on both sides would be one credential. */
const named = (version: Version, credentials: Credential[]) => credentials.map((each) => ({ ...each, id: `${version}-${each.type}` }));

async function openOdoo(pico: SandboxProcess, version: Version): Promise<Erp> {
	const odoo = new Company(pico);
	const { db, apiKey } = odoo.credentials;
	const state = async () => await pico.control<{ stateCounts: { done?: number }; callCount: number }>('GET', `${odoo.url}/control/state?limit=1`);
	return {
		credentials: named(version, [odoo.signature(), { id: '', name: 'Odoo (API key)', type: 'odooApiKeyApi', data: { url: odoo.url, db, apiKey } }]),
		settings: version === 'now' ? { odooUrl: odoo.url } : { odooUrl: odoo.url, odooDatabase: db },
		called: [],
		orders: async (count) => (await odoo.orders(PART, 1, count)).map(({ name }) => name),
		// A number that Odoo does not have is made with the unit.
		receive: async () => await Promise.resolve(),
		booked: async () => (await state()).stateCounts.done ?? 0,
		calls: async () => (await state()).callCount,
		close: async () => await Promise.resolve(),
	};
}

async function openNetsuite(_pico: SandboxProcess, version: Version): Promise<Erp> {
	const account = await Account.open();
	const { double } = account;
	const root = process.cwd();
	const credentials = named(version, netsuiteCredentials(double));
	const booked = async () => (await Promise.all(['workOrderCompletion', 'assemblyBuild'].map(async (type) => (await account.records(type)).length))).reduce((sum, each) => sum + each, 0);
	return {
		credentials,
		settings: version === 'now' ? settingsFor(root, 'pico-completions-to-netsuite', { ...netsuiteSettings(double, () => ''), ...PLANT_IDS }) : { netsuiteUrl: double.plainUrl },
		called: version === 'old' ? [] : signedIn(double).map(({ name, id, settings }) => plantTemplate(root, name, { id, credentials, settings })),
		orders: async (count) => (await account.orders(PART, 1, count)).map(({ tranId }) => tranId),
		receive: async (partNumber, serials) => await account.receive(partNumber, serials),
		booked,
		calls: async () => (await account.control<Array<{ id: number }>>('GET', 'calls')).at(-1)?.id ?? 0,
		close: async () => await account.close(),
	};
}

/** P14: the completions template beside that of version 0.1.0, units a second and calls of the ERP for each unit. */
export const odooTemplate: Question = async (bench) => await beside(bench, 'Odoo', 'pico-completions-to-odoo', openOdoo, { odoo: true });
export const netsuiteTemplate: Question = async (bench) => await beside(bench, 'NetSuite', 'pico-completions-to-netsuite', openNetsuite, {});

async function beside(bench: Bench, erpName: string, template: string, open: (pico: SandboxProcess, version: Version) => Promise<Erp>, sandbox: { odoo?: boolean }): Promise<Row[]> {
	const closing: Array<() => Promise<void>> = [];
	const close = async () => {
		for (const each of closing.splice(0).reverse()) await each();
	};
	const forget = bench.onEnd(close);
	try {
		const side = async (version: Version): Promise<Side> => {
			const pico = await startSandboxProcess(sandbox);
			closing.push(async () => await pico.close());
			const erp = await open(pico, version);
			closing.push(async () => await erp.close());
			const credentials = [...named(version, [picoCredential(pico.endpoint, pico.token)]), ...erp.credentials];
			const id = `bench${erpName.slice(0, 4)}${version}`.padEnd(16, '0');
			const completions = plantTemplate(bench.places.root, version === 'old' ? OLD + template : template, { id, credentials, settings: erp.settings });
			return { id, name: `${template}${version === 'old' ? ' of 0.1.0' : ''}`, pico, erp, credentials, workflows: [...erp.called, completions], perSecond: [], calls: [] };
		};
		const [now, old] = [await side('now'), await side('old')];
		// Its parameters had other names then.
		const trigger = ({ workflows }: Side) => workflows.flatMap(({ nodes }) => nodes).find(({ type }) => type.endsWith('.picoTrigger'));
		Object.assign(trigger(old) ?? {}, { parameters: trigger(now)?.parameters });

		const all = [now, old];
		const n8n = await RealN8n.create({ tarballs: [await packed(bench.places)], credentials: all.flatMap(({ credentials }) => credentials), workflows: all.flatMap(({ workflows }) => workflows) });
		closing.push(async () => await n8n.remove());
		await n8n.start();
		for (const { pico, workflows } of all) {
			for (const { id } of workflows) await n8n.activate(id);
			await until('the trigger to listen', async () => (await pico.control<{ streams: unknown[] }>('GET', 'state')).streams.length === 1, { timeoutMs: 120_000 });
		}
		const units = bench.quick ? 10 : 40;
		for (let round = 0; round <= runs(bench); round++) {
			for (const each of round % 2 ? [old, now] : [now, old]) {
				const { seconds, calls } = await work(n8n, each, units, round);
				bench.say(`${each.name}: ${(units / seconds).toFixed(2)} units/s, ${(calls / units).toFixed(1)} calls a unit`);
				if (round === 0) continue;
				each.perSecond.push(units / seconds);
				each.calls.push(calls / units);
			}
		}
		const what = `Completions to ${erpName}`;
		const peerName = 'template of version 0.1.0';
		const how = `${units} units at once, each of its own order with ${COMPONENTS.length + 1} serial numbers, one run after the other; from the first completion until the ERP has booked the last. The double answers at once, so that the time is n8n's. Each side has a Pico and an ERP of its own.`;
		const counted = `By the double's own log, until the last run ended${erpName === 'NetSuite' ? '; sign-ins count' : ''}.`;
		return [
			ratioRow({ p: 'P14', what, unit: 'units/s', ours: now.perSecond, peer: old.perSecond, peerName, atLeast: 2, notes: [how] }),
			valueRow({ p: 'P14', what: `${what}, calls of the ERP a unit`, unit: 'calls', digits: 1, ours: now.calls, peer: { name: peerName, values: old.calls }, atMost: 8, notes: [counted] }),
		];
	} finally {
		forget();
		await close();
	}
}

/** One round: its own orders, completed at once, until each is booked and no run is under way. @throws Error that says how far it came */
async function work(n8n: RealN8n, { id, name, pico, erp }: Side, units: number, round: number): Promise<{ seconds: number; calls: number }> {
	const orders = await erp.orders(units);
	for (const partNumber of COMPONENTS) await erp.receive(partNumber, orders.map((order) => `${partNumber} ${order}`));
	for (const externalOrderId of orders) await pico.control('POST', 'orders/save', { externalOrderId, partNumber: PART, orderIndex: 0 });
	const [booked, calls] = [await erp.booked(), await erp.calls()];
	const done = async () => (await erp.booked()) - booked;
	const ends = async () => Object.fromEntries((await n8n.query('SELECT status, COUNT(*) AS n FROM execution_entity WHERE workflowId = ? GROUP BY status', id)).map(({ status, n }) => [String(status), Number(n)]));
	const timeoutMs = units * PATIENCE_MS_A_UNIT;
	const began = performance.now();
	for (const externalOrderId of orders) {
		const consumedSerials = COMPONENTS.map((externalId) => ({ externalId, value: `${externalId} ${externalOrderId}` }));
		await pico.control('POST', 'orders/complete', { externalOrderId, partNumber: PART, orderIndex: 0, producedSerial: `P ${externalOrderId}`, consumedSerials });
	}
	try {
		await until(`${units} units in the ERP`, async () => (await done()) >= units, { timeoutMs, everyMs: 100 });
		const seconds = (performance.now() - began) / 1000;
		const { new: waiting = 0, running = 0, success = 0, ...others } = await until('the runs to end', async () => {
			const now = await ends();
			return (now.new ?? 0) + (now.running ?? 0) === 0 && now;
		}, { timeoutMs });
		sameCount('units booked', units, { [name]: await done() });
		sameCount('runs', (round + 1) * units, { [name]: success, [`${name}, failed ones with them`]: Object.values(others).reduce((sum, each) => sum + each, success + waiting + running) });
		return { seconds, calls: (await erp.calls()) - calls };
	} catch (cause) {
		throw new Error(`${name}, round ${round}: ${messageOf(cause)}; ${await done()} of ${units} units booked, executions so far: ${JSON.stringify(await ends())}`, { cause });
	}
}
