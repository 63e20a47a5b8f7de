import type { Context } from '../lib/context.mts';
import { ERYXON_WORKFLOWS } from '../lib/demo-workflows.mts';
import { control } from '../lib/doubles.mts';
import { hasRunEnded, type N8nSession } from '../lib/n8n-session.mts';
import { DeadlineError, until } from '../lib/poll.mts';
import { table } from '../lib/table.mts';
import type { EryxonServers } from '../mes/eryxon.mts';

const ORDERS = [
	{ partNumber: 'BRACKET-10', quantity: 12 },
	{ partNumber: 'COVER-20', quantity: 3 },
	{ partNumber: 'VALVE-300', quantity: 2 },
	{ partNumber: 'BRACKET-10', quantity: 1 },
	{ partNumber: 'VALVE-300', quantity: 5 },
];
const PATIENCE_MS = 120_000;

/** One order on its way to the shop floor and back; times in ms since it was made. */
interface Trip {
	id: number;
	name: string;
	partNumber: string;
	quantity: number;
	madeAt: number;
	stored?: number;
	arrived?: number;
}

interface Odoo {
	orders: Array<{ id: number; name: string; state: string; produced: number }>;
	messages: Array<{ recordId: number; subject?: string }>;
}

type Row = Record<string, unknown>;

/**
 * The main job without a person: orders leave Odoo, are stored in Eryxon, are worked on, and come back.
 *
 * @returns 0 only if each order is in Eryxon once, and done in Odoo once with its quantity
 */
export async function runOnceWithEryxon({ steps, servers: { eryxon, odoo }, session }: {
	steps: Context['steps'];
	servers: EryxonServers;
	session: N8nSession;
}): Promise<number> {
	const trips = await steps.run(`Make ${ORDERS.length} orders in Odoo`, async () => await makeOrders(odoo.url));
	try {
		await steps.run('A workflow stores them in Eryxon', async (report) => {
			await untilAll('every order to be stored in Eryxon', trips, 'stored', report, async () => {
				const operations = await rowsOf(eryxon.url, 'operations');
				const parts = await rowsOf(eryxon.url, 'parts');
				return ({ name }) => parts.some((part) => part.external_id === name && operations.some((each) => each.part_id === part.id));
			});
		});
		await steps.run('Eryxon listens to the other workflow', async () => {
			await until('a webhook', async () => (await rowsOf(eryxon.url, 'webhooks')).length > 0, { timeoutMs: PATIENCE_MS });
		});
		await steps.run('The shop floor completes them, and tells of each twice', async () => {
			await control(eryxon.url, 'POST', 'switches', { duplicateDeliveries: true });
			for (const { name } of trips) await complete(eryxon.url, name);
		});
		await steps.run('A workflow brings them back to Odoo', async (report) => {
			await untilAll('every order to be done in Odoo', trips, 'arrived', report, async () => {
				const { orders } = await control<Odoo>(odoo.url, 'GET', 'state');
				return ({ id }) => orders.some((order) => order.id === id && order.state === 'done');
			});
		});
		await steps.run('Wait until n8n is quiet', async () => await untilQuiet(session, trips.length));
	} catch (cause) {
		if (!(cause instanceof DeadlineError)) throw cause;
		steps.say(cause.message);
	}
	const books = await control<Odoo>(odoo.url, 'GET', 'state');
	const parts = await rowsOf(eryxon.url, 'parts');
	const verdicts = new Map(trips.map((trip) => [trip, verdictOf(trip, books, parts)]));
	steps.say(`\n${report(verdicts)}\n`);
	const failed = await failedRuns(session);
	for (const each of failed) steps.say(each);
	if (failed.length === 0 && [...verdicts.values()].every((verdict) => verdict === EXACTLY_ONCE)) {
		steps.say(`All ${trips.length} orders arrived in Odoo exactly once.`);
		return 0;
	}
	steps.say('Not everything arrived exactly once.');
	return 1;
}

const EXACTLY_ONCE = 'exactly once';

async function makeOrders(url: string): Promise<Trip[]> {
	const trips: Trip[] = [];
	for (const order of ORDERS) {
		const madeAt = Date.now();
		const { orders } = await control<{ orders: Array<{ id: number; name: string }> }>(url, 'POST', 'orders', { ...order, origin: 'Demo' });
		trips.push({ ...orders[0], ...order, madeAt });
	}
	return trips;
}

const rowsOf = async (url: string, kind: string): Promise<Row[]> =>
	(await control<{ records: Row[] }>(url, 'GET', `records?table=${kind}`)).records;

/** Works on all operations of the part with this external ID. */
async function complete(url: string, externalId: string): Promise<void> {
	const part = (await rowsOf(url, 'parts')).find((each) => each.external_id === externalId);
	const operations = (await rowsOf(url, 'operations')).filter((each) => each.part_id === part?.id);
	for (const { id } of operations) await control(url, 'POST', 'operations/complete', { id });
}

/** Waits until all trips have passed a stage, and notes when each did. */
async function untilAll(
	what: string,
	trips: Trip[],
	stage: 'stored' | 'arrived',
	report: (detail: string) => void,
	look: () => Promise<(trip: Trip) => boolean>,
): Promise<void> {
	await until(
		what,
		async () => {
			const passed = await look();
			for (const trip of trips.filter(passed)) trip[stage] ??= Date.now() - trip.madeAt;
			const count = trips.filter((trip) => trip[stage] !== undefined).length;
			report(`${count} of ${trips.length}`);
			return count === trips.length;
		},
		{ timeoutMs: PATIENCE_MS, everyMs: 150 },
	);
}

/** Each order has had its run, and none is under way. */
async function untilQuiet(session: N8nSession, orders: number): Promise<void> {
	const id = ERYXON_WORKFLOWS.completions;
	await until(
		'n8n to finish its runs',
		async () => {
			const runs = (await session.runs(id)).filter(({ mode }) => mode === 'webhook');
			return runs.length >= orders && runs.every(hasRunEnded);
		},
		{ timeoutMs: 60_000, everyMs: 250 },
	);
}

function verdictOf({ id, name, quantity }: Trip, { orders, messages }: Odoo, parts: readonly Row[]): string {
	const stored = parts.filter((part) => part.external_id === name);
	if (stored.length !== 1) return `${stored.length} times in Eryxon`;
	const order = orders.find((each) => each.id === id);
	if (order?.state !== 'done') return `not done (${order?.state ?? 'gone'})`;
	const notes = messages.filter(({ recordId, subject }) => recordId === id && subject === 'Finished in Eryxon').length;
	if (order.produced !== quantity) return `${order.produced} produced`;
	return notes === 1 ? EXACTLY_ONCE : `posted ${notes} times`;
}

/** The first error of each workflow, in words. */
async function failedRuns(session: N8nSession): Promise<string[]> {
	const lines: string[] = [];
	for (const id of Object.values(ERYXON_WORKFLOWS)) {
		const failed = (await session.executions(id)).find(({ status }) => status === 'error' || status === 'crashed');
		const { error, lastNodeExecuted } = failed?.data?.resultData ?? {};
		if (failed) lines.push(`Run ${failed.id} of ${id} ended at "${lastNodeExecuted}": ${error?.message ?? failed.status}`);
	}
	return lines;
}

const after = (ms: number | undefined) => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`);

const report = (verdicts: ReadonlyMap<Trip, string>): string =>
	table([
		['Order', 'Part', 'Quantity', 'In Eryxon after', 'Back after', 'Result'],
		...[...verdicts].map(([{ name, partNumber, quantity, stored, arrived }, verdict]) => [
			name,
			partNumber,
			String(quantity),
			after(stored),
			after(arrived),
			verdict,
		]),
	]);
