import type { Context } from './lib/context.mts';
import { control, type Doubles } from './lib/doubles.mts';
import { hasRunEnded, type Execution, type N8nSession } from './lib/n8n-session.mts';
import { DeadlineError, until } from './lib/poll.mts';
import { table } from './lib/table.mts';
import { COMPLETIONS_WORKFLOW, ORDERS_WORKFLOW } from './lib/workflow-pair.mts';

const ORDERS = [
	{ partNumber: 'PUMP-100', quantity: 1 },
	{ partNumber: 'PUMP-100', quantity: 3 },
	{ partNumber: 'GEAR-200', quantity: 1 },
	{ partNumber: 'VALVE-300', quantity: 2 },
	{ partNumber: 'GEAR-200', quantity: 1 },
];
const PATIENCE_MS = 90_000;

interface OdooState {
	orders: Array<{ id: number; name: string; state: string; produced: number; serials: string[] }>;
	messages: Array<{ model: string; recordId: number; subject?: string; body: string }>;
}

interface PicoState {
	orders: Array<{
		externalOrderId: string;
		orderIndex: number;
		state: string;
		parentOrderId: string | null;
		expectedSerials: Array<{ id: string; externalId: string | null }>;
	}>;
}

/** One order on its way; times in ms since it was made in Odoo. */
interface Journey {
	id: number;
	name: string;
	partNumber: string;
	quantity: number;
	serials: string[];
	madeAt: number;
	saved?: number;
	completed?: number;
	arrived?: number;
	produced: number;
	notes: number;
	verdict: string;
}

/**
 * The main job without a person: orders leave Odoo, are saved in Pico through the Pico node, are built, and their
 * completions come back to Odoo through the Pico trigger.
 *
 * @returns 0 only if every unit of every order arrived exactly once
 */
export async function runOnce({ steps, doubles, session }: {
	steps: Context['steps'];
	doubles: Doubles;
	session: N8nSession;
}): Promise<number> {
	const { pico, odoo } = doubles;
	const journeys = await steps.run(`Make ${ORDERS.length} manufacturing orders in Odoo`, () => makeOrders(odoo.url));
	try {
		await steps.run('Workflow 1 saves them in Pico', async (report) => await untilSaved(pico.url, journeys, report));
		await steps.run('The shop floor completes every unit', async () => await completeAll(pico.url, journeys));
		await steps.run('Workflow 2 brings them back to Odoo', async (report) =>
			await untilArrived(odoo.url, journeys, report),
		);
		await steps.run('Wait until n8n is quiet', async () => await untilQuiet(session, unitCount(journeys)));
	} catch (cause) {
		if (!(cause instanceof DeadlineError)) throw cause;
		steps.say(cause.message);
	}
	await judge(odoo.url, journeys);
	const executions = await session.executions(COMPLETIONS_WORKFLOW);
	const problems = problemsOf(journeys, executions);
	steps.say(`\n${report(journeys)}\n`);
	for (const execution of await failures(session)) steps.say(execution);
	const units = unitCount(journeys);
	if (problems.length === 0) {
		steps.say(`All ${journeys.length} orders (${units} units) arrived in Odoo exactly once, in ${executions.length} runs.`);
		return 0;
	}
	steps.say(`Not everything arrived exactly once:\n${problems.map((each) => `  - ${each}`).join('\n')}`);
	return 1;
}

const unitCount = (journeys: Journey[]) => journeys.reduce((sum, { quantity }) => sum + quantity, 0);

async function makeOrders(url: string): Promise<Journey[]> {
	const journeys: Journey[] = [];
	for (const { partNumber, quantity } of ORDERS) {
		const madeAt = Date.now();
		const body = { partNumber, quantity, origin: 'Demo' };
		const made = await control<{ orders: Array<{ id: number; name: string }> }>(url, 'POST', 'orders', body);
		const [{ id, name }] = made.orders;
		const serials = Array.from({ length: quantity }, (_, index) => `SN-${name.replace(/\D+/g, '')}-${index + 1}`);
		journeys.push({ id, name, partNumber, quantity, serials, madeAt, produced: 0, notes: 0, verdict: '' });
	}
	return journeys;
}

/** The units of an order in Pico; the child orders of the waterfall do not count. */
async function unitsInPico(url: string, { name }: Journey): Promise<PicoState['orders']> {
	const { orders } = await control<PicoState>(url, 'GET', 'state');
	return orders.filter((order) => order.externalOrderId === name && order.parentOrderId === null);
}

async function untilSaved(url: string, journeys: Journey[], report: (detail: string) => void): Promise<string> {
	const what = 'every order to be saved in Pico';
	await until(
		what,
		async () => {
			for (const journey of journeys) {
				const units = await unitsInPico(url, journey);
				if (units.length >= journey.quantity) journey.saved ??= Date.now() - journey.madeAt;
			}
			const saved = journeys.filter((journey) => journey.saved !== undefined).length;
			report(`${saved} of ${journeys.length}`);
			return saved === journeys.length;
		},
		{ timeoutMs: PATIENCE_MS, everyMs: 150 },
	);
	return `${unitCount(journeys)} units`;
}

async function completeAll(url: string, journeys: Journey[]): Promise<string> {
	for (const journey of journeys) {
		const [{ expectedSerials }] = await unitsInPico(url, journey);
		for (const [orderIndex, producedSerial] of journey.serials.entries()) {
			const unit = { externalOrderId: journey.name, partNumber: journey.partNumber, orderIndex };
			await control(url, 'POST', 'orders/start', unit);
			const consumedSerials = expectedSerials.map(({ id, externalId }) => ({
				id,
				externalId,
				value: `${externalId ?? 'LOT'}-${producedSerial}`,
			}));
			await control(url, 'POST', 'orders/complete', { ...unit, producedSerial, consumedSerials });
		}
		journey.completed = Date.now() - journey.madeAt;
	}
	return `${unitCount(journeys)} units`;
}

async function untilArrived(url: string, journeys: Journey[], report: (detail: string) => void): Promise<string> {
	await until(
		'every order to be done in Odoo',
		async () => {
			const { orders } = await control<OdooState>(url, 'GET', 'state');
			for (const journey of journeys) {
				const order = orders.find(({ id }) => id === journey.id);
				if (order?.state === 'done') journey.arrived ??= Date.now() - journey.madeAt;
			}
			const arrived = journeys.filter((journey) => journey.arrived !== undefined).length;
			report(`${arrived} of ${journeys.length}`);
			return arrived === journeys.length;
		},
		{ timeoutMs: PATIENCE_MS, everyMs: 150 },
	);
	return `${journeys.length} orders`;
}

/** Nothing runs any more, and at least as many runs have ended as there were units. */
async function untilQuiet(session: N8nSession, units: number): Promise<void> {
	await until(
		'n8n to finish its runs',
		async () => {
			const runs = await session.runs(COMPLETIONS_WORKFLOW);
			return runs.length >= units && runs.every(hasRunEnded);
		},
		{ timeoutMs: 30_000, everyMs: 250 },
	);
}

async function judge(url: string, journeys: Journey[]): Promise<void> {
	const { orders, messages } = await control<OdooState>(url, 'GET', 'state');
	for (const journey of journeys) {
		const order = orders.find(({ id }) => id === journey.id);
		journey.produced = order?.produced ?? 0;
		// The workflow of the orders leaves a note too; only these say that a unit is posted.
		const notes = messages.filter(
			({ model, recordId, subject }) =>
				model === 'mrp.production' && recordId === journey.id && subject?.startsWith('Pico unit '),
		);
		journey.notes = notes.length;
		const serialTracked = journey.partNumber !== 'VALVE-300';
		const serials = [...(order?.serials ?? [])].sort().join(', ');
		if (order?.state !== 'done') journey.verdict = `not done in Odoo (${order?.state ?? 'unknown'})`;
		else if (journey.produced !== journey.quantity) journey.verdict = `${journey.produced} produced`;
		else if (journey.notes !== journey.quantity) journey.verdict = `${journey.notes} notes for ${journey.quantity} units`;
		else if (serialTracked && serials !== [...journey.serials].sort().join(', ')) journey.verdict = `serials: ${serials}`;
		else journey.verdict = 'exactly once';
	}
}

function problemsOf(journeys: Journey[], executions: Execution[]): string[] {
	const problems = journeys
		.filter(({ verdict }) => verdict !== 'exactly once')
		.map(({ name, verdict }) => `${name}: ${verdict}`);
	const units = unitCount(journeys);
	if (executions.length !== units) problems.push(`${executions.length} runs were started for ${units} completions`);
	const failed = executions.filter(({ status }) => status !== 'success').length;
	if (failed > 0) problems.push(`${failed} runs did not succeed`);
	return problems;
}

/** The first error of each workflow, in words. */
async function failures(session: N8nSession): Promise<string[]> {
	const lines: string[] = [];
	for (const id of [ORDERS_WORKFLOW, COMPLETIONS_WORKFLOW]) {
		const failed = (await session.executions(id)).find(({ status }) => status === 'error' || status === 'crashed');
		if (!failed) continue;
		const { error, lastNodeExecuted } = failed.data?.resultData ?? {};
		const why = [error?.message, error?.description].filter(Boolean).join(': ') || failed.status;
		lines.push(`Run ${failed.id} of ${id} ended at "${lastNodeExecuted}": ${why}`);
	}
	return lines;
}

const after = (ms: number | undefined) => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`);

function report(journeys: Journey[]): string {
	const head = ['Order', 'Part', 'Units', 'Saved after', 'Completed', 'Arrived', 'Produced', 'Result'];
	return table([
		head,
		...journeys.map((journey) => [
			journey.name,
			journey.partNumber,
			String(journey.quantity),
			after(journey.saved),
			after(journey.completed),
			after(journey.arrived),
			String(journey.produced),
			journey.verdict,
		]),
	]);
}
