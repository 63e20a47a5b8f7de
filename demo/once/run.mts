import type { Context } from '../lib/context.mts';
import type { Doubles } from '../lib/doubles.mts';
import { hasRunEnded, type Execution, type N8nSession } from '../lib/n8n-session.mts';
import { DeadlineError, until } from '../lib/poll.mts';
import { table } from '../lib/table.mts';
import { counted } from '../lib/words.mts';
import { completeAll, unitsInPico } from './floor.mts';
import { judge, unitCount, type Erp, type Journey } from './journey.mts';
import { netsuiteErp } from './netsuite.mts';
import { odooErp } from './odoo.mts';

const ORDERS = [
	{ partNumber: 'PUMP-100', quantity: 1 },
	{ partNumber: 'PUMP-100', quantity: 3 },
	{ partNumber: 'GEAR-200', quantity: 1 },
	{ partNumber: 'VALVE-300', quantity: 2 },
	{ partNumber: 'GEAR-200', quantity: 1 },
];
const PATIENCE_MS = 120_000;

type Report = (detail: string) => void;

/**
 * The main job without a person: orders leave Odoo and NetSuite, are saved in Pico through the Pico node, are built,
 * and their completions come back through the Pico trigger.
 *
 * @returns 0 only if every unit of every order arrived exactly once
 */
export async function runOnce({ steps, doubles, session }: {
	steps: Context['steps'];
	doubles: Doubles;
	session: N8nSession;
}): Promise<number> {
	const { pico, odoo, netsuite } = doubles;
	const erps = [odooErp(odoo.url), netsuiteErp(netsuite.plainUrl)];
	const names = erps.map(({ name }) => name).join(' and ');
	const journeys = await steps.run(`Make ${ORDERS.length} orders each in ${names}`, async () => await makeOrders(erps));
	try {
		await steps.run('Two workflows save them in Pico', async (report) => await untilSaved(pico.url, journeys, report));
		await steps.run('The shop floor completes every unit', async () => await completeAll(pico.url, journeys));
		await steps.run(`Two workflows bring them back to ${names}`, async (report) => await untilArrived(erps, journeys, report));
		await steps.run('Wait until n8n is quiet', async () => await untilQuiet(session, erps, unitCount(journeys)));
	} catch (cause) {
		if (!(cause instanceof DeadlineError)) throw cause;
		steps.say(cause.message);
	}
	for (const erp of erps) {
		const booked = await erp.booked();
		for (const journey of of(erp, journeys)) judge(journey, booked.get(journey.id));
	}
	const problems = await problemsOf(session, erps, journeys);
	steps.say(`\n${report(journeys)}\n`);
	for (const execution of await failures(session, erps)) steps.say(execution);
	const units = unitCount(journeys);
	if (problems.length === 0) {
		steps.say(`All ${counted(journeys.length, 'order')} (${counted(units, 'unit')}) arrived in ${names} exactly once.`);
		return 0;
	}
	steps.say(`Not everything arrived exactly once:\n${problems.map((each) => `  - ${each}`).join('\n')}`);
	return 1;
}

const of = ({ name }: Erp, journeys: readonly Journey[]) => journeys.filter(({ erp }) => erp === name);

async function makeOrders(erps: readonly Erp[]): Promise<Journey[]> {
	const journeys: Journey[] = [];
	for (const erp of erps) {
		for (const order of ORDERS) {
			const madeAt = Date.now();
			const { id, name } = await erp.make(order);
			journeys.push({ erp: erp.name, id, name, ...order, serials: [], parts: [], madeAt, produced: 0, verdict: '' });
		}
	}
	return journeys;
}

async function untilSaved(url: string, journeys: Journey[], report: Report): Promise<string> {
	await untilAll('every order to be saved in Pico', journeys, 'saved', report, async () => {
		const saved: Journey[] = [];
		for (const journey of journeys) if ((await unitsInPico(url, journey)).length >= journey.quantity) saved.push(journey);
		return saved;
	});
	return counted(unitCount(journeys), 'unit');
}

async function untilArrived(erps: readonly Erp[], journeys: Journey[], report: Report): Promise<string> {
	await untilAll('every order to be done in its ERP', journeys, 'arrived', report, async () => {
		const lists = await Promise.all(erps.map(async (erp) => {
			const booked = await erp.booked();
			return of(erp, journeys).filter(({ id }) => booked.get(id)?.done);
		}));
		return lists.flat();
	});
	return counted(journeys.length, 'order');
}

/** Waits until all journeys have passed a stage, and notes when each did. */
async function untilAll(what: string, journeys: Journey[], stage: 'saved' | 'arrived', report: Report, passed: () => Promise<Journey[]>): Promise<void> {
	await until(
		what,
		async () => {
			for (const journey of await passed()) journey[stage] ??= Date.now() - journey.madeAt;
			const count = journeys.filter((journey) => journey[stage] !== undefined).length;
			report(`${count} of ${journeys.length}`);
			return count === journeys.length;
		},
		{ timeoutMs: PATIENCE_MS, everyMs: 150 },
	);
}

/** Nothing runs any more. Both triggers hear of each unit, whichever ERP it belongs to. */
async function untilQuiet(session: N8nSession, erps: readonly Erp[], units: number): Promise<void> {
	await until(
		'n8n to finish its runs',
		async () => {
			const runs = await Promise.all(erps.map(async ({ completionsWorkflow }) => await session.runs(completionsWorkflow)));
			return runs.every((own) => own.length >= units && own.every(hasRunEnded));
		},
		{ timeoutMs: 60_000, everyMs: 250 },
	);
}

async function problemsOf(session: N8nSession, erps: readonly Erp[], journeys: readonly Journey[]): Promise<string[]> {
	const problems = journeys
		.filter(({ verdict }) => verdict !== 'exactly once')
		.map(({ erp, name, verdict }) => `${erp} ${name}: ${verdict}`);
	const units = unitCount(journeys);
	for (const { name, completionsWorkflow } of erps) {
		const executions: Execution[] = await session.executions(completionsWorkflow);
		if (executions.length !== units) problems.push(`${name}: ${counted(executions.length, 'run')} for ${counted(units, 'completion')}`);
		const failed = executions.filter(({ status }) => status !== 'success').length;
		if (failed > 0) problems.push(`${name}: ${counted(failed, 'run')} without success`);
	}
	return problems;
}

/** The first error of each workflow, in words. */
async function failures(session: N8nSession, erps: readonly Erp[]): Promise<string[]> {
	const lines: string[] = [];
	for (const id of erps.flatMap(({ ordersWorkflow, completionsWorkflow }) => [ordersWorkflow, completionsWorkflow])) {
		const failed = (await session.executions(id)).find(({ status }) => status === 'error' || status === 'crashed');
		if (!failed) continue;
		const { error, lastNodeExecuted } = failed.data?.resultData ?? {};
		const why = [error?.message, error?.description].filter(Boolean).join(': ') || failed.status;
		lines.push(`Run ${failed.id} of ${id} ended at "${lastNodeExecuted}": ${why}`);
	}
	return lines;
}

const after = (ms: number | undefined) => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`);

function report(journeys: readonly Journey[]): string {
	const head = ['ERP', 'Order', 'Part', 'Units', 'Saved after', 'Completed', 'Arrived', 'Produced', 'Parts', 'Result'];
	return table([
		head,
		...journeys.map((journey) => [
			journey.erp,
			journey.name,
			journey.partNumber,
			String(journey.quantity),
			after(journey.saved),
			after(journey.completed),
			after(journey.arrived),
			String(journey.produced),
			String(journey.parts.length),
			journey.verdict,
		]),
	]);
}
