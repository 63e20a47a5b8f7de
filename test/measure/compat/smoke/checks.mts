import { until } from '../../../../demo/lib/poll.mts';
import { account, type Account } from '../../kit/ledger.mts';
import { placedOrders } from '../../../n8n/kit/plant.mts';
import { itemsOf, settledRuns } from '../../../n8n/kit/runs.mts';
import { PATIENCE_MS, type CompatPlant } from './plant.mts';
import { ACTION_FLOW, credentials as credentialsOf, ERYXON_FLOW, ORDER, PROBE_FLOW, TRIGGER_FLOW, UNITS, WEB_SOCKET_FLOW, WEBHOOK_FLOW } from './workflows.mts';

const NODES = [
	'n8n-nodes-pico-mes.pico',
	'n8n-nodes-pico-mes.picoTrigger',
	'n8n-nodes-pico-mes.picoWebhookTrigger',
	'n8n-nodes-eryxon.eryxon',
	'n8n-nodes-eryxon.eryxonTrigger',
];
const CREDENTIALS = ['picoApi', 'eryxonApi'];
const LOAD_ERROR = /^.*(?:n8n-nodes-(?:pico-mes|eryxon)\b.*\b(?:error|fail|could not|cannot)|(?:error|fail|could not|cannot)\w*\b.*n8n-nodes-(?:pico-mes|eryxon)\b).*$/im;

function insist(holds: boolean, otherwise: string): void {
	if (!holds) throw new Error(otherwise);
}

/** By n8n's command line, before the server was ever started: lists operations, saves an order, saves nothing twice. */
export async function action(plant: CompatPlant): Promise<string> {
	const { smoke, sandbox } = plant;
	const run = await smoke.execute(ACTION_FLOW);
	const listed = itemsOf(run, 'List').length;
	const wanted = (await plant.state()).operations.filter(({ archivedAt }) => !archivedAt).length;
	insist(listed > 0 && listed === wanted, `listed ${listed} of ${wanted} operations`);
	const saved = (await placedOrders(sandbox, ORDER)).length;
	insist(saved === UNITS, `saved ${saved} of ${UNITS} units`);
	const again = itemsOf(await smoke.execute(ACTION_FLOW), 'Save').filter(({ result }) => result === 'created').length;
	const placed = (await placedOrders(sandbox, ORDER)).length;
	insist(again === 0 && placed === UNITS, `a repeat saved ${again} more; Pico has ${placed} units`);
	return `${listed} operations listed, ${UNITS} units saved once`;
}

/** All nodes and credentials are offered under their names, both connection tests pass, the log has no complaint. */
export async function loads({ smoke, sandbox, eryxon }: CompatPlant): Promise<string> {
	// Just started on a busy machine, n8n may still drop a connection or two.
	const session = await until('n8n to let its owner in', async () => await smoke.session(), { timeoutMs: PATIENCE_MS });
	const names = async (path: string) =>
		await until(path, async () => ((await (await session.file(path)).json()) as Array<{ name: string }>).map(({ name }) => name), { timeoutMs: PATIENCE_MS });
	const [nodes, credentials] = [await names('/types/nodes.json'), await names('/types/credentials.json')];
	const missing = [...NODES.filter((name) => !nodes.includes(name)), ...CREDENTIALS.filter((name) => !credentials.includes(name))];
	insist(missing.length === 0, `missing: ${missing.join(', ')}`);
	const [complaint] = LOAD_ERROR.exec(smoke.log()) ?? [];
	insist(complaint === undefined, `the log says: ${complaint}`);
	// Older releases test only credentials that are stored.
	for (const credential of credentialsOf(sandbox.endpoint, sandbox.token, eryxon.access)) {
		const what = `the connection test of ${credential.type}`;
		const { status, message } = await until(what, async () => await session.testCredential(credential));
		insist(status === 'OK', `${what}: ${message}`);
	}
	return `${NODES.length} nodes, ${CREDENTIALS.length} credentials`;
}

const TRIGGERED = 10;

/** Events since a start date, each with one run that reaches the other system. */
export async function trigger(plant: CompatPlant): Promise<string> {
	await plant.untilListening();
	await plant.complete(TRIGGERED - plant.made);
	await plant.untilOrders(TRIGGERED);
	const { lost, duplicated, strange } = account(plant.made, await plant.settledRuns(), plant.collector.hits);
	insist(lost === 0 && duplicated === 0 && strange.length === 0, `lost ${lost}, twice ${duplicated} ${strange.join('; ')}`);
	return `${TRIGGERED} of ${TRIGGERED} events`;
}

export interface Kills extends Account {
	events: number;
	kills: number;
}

const KILLS = 3;
const BEFORE_KILL = 30;
const WHILE_DOWN = 10;

/** kill -9 in the middle of the runs, events while n8n is down, start again; three times. */
export async function kills(plant: CompatPlant): Promise<Kills> {
	plant.collector.delay = () => 80;
	for (let kill = 1; kill <= KILLS; kill++) {
		const arrived = plant.collector.orders.size;
		await plant.complete(BEFORE_KILL);
		await plant.untilOrders(arrived + BEFORE_KILL / 3);
		await plant.smoke.n8n.kill();
		await plant.complete(WHILE_DOWN);
		await plant.smoke.start();
	}
	const counted = account(plant.made, await plant.settledRuns(), plant.collector.hits);
	plant.collector.delay = () => 0;
	return { events: plant.made, kills: KILLS, ...counted };
}

/** Registers when published, starts one run for each call, fetches what it missed in a kill, takes its webhook away. */
export async function webhook(plant: CompatPlant): Promise<string> {
	const { smoke, sandbox } = plant;
	const session = await smoke.session();
	const registered = async () => (await plant.state()).webhooks.length;
	const complete = async (count: number) => await sandbox.control('POST', 'completions/bulk', { count, orderPrefix: 'HOOK', stepNs: 1_000_000 });
	const items = async (runs: number) => (await settledRuns(session, WEBHOOK_FLOW, runs)).flatMap((run) => itemsOf(run, 'Pico calls')).length;
	await session.activate(WEBHOOK_FLOW);
	await until('the webhook to be registered', async () => (await registered()) === 1, { timeoutMs: 30_000 });
	for (let count = 1; count <= 3; count++) {
		await complete(1);
		insist((await items(count)) === count, `${count} calls, ${await items(count)} events`);
	}
	await smoke.n8n.kill();
	await complete(2);
	await until('Pico to give up', async () => (await plant.state()).deliveries.length >= 5, { timeoutMs: 30_000 });
	await smoke.start();
	await complete(1);
	const after = await items(4);
	insist(after === 6, `6 events, ${after} started`);
	await session.deactivate(WEBHOOK_FLOW);
	await until('the webhook to be removed', async () => (await registered()) === 0, { timeoutMs: 30_000 });
	return 'registered, 4 calls with 6 events, removed';
}

export interface Seen {
	/** What our code found by looking. */
	deduplicationKey: boolean;
	saveFailedExecution: boolean;
	/** What really happened: a second start under the same key, and a failed execution of the trigger's own. */
	secondStart: string;
	failedExecutionKept: boolean;
}

/** The same trigger over the other connection: activates, and an event reaches a run. */
export async function webSocket(plant: CompatPlant): Promise<string> {
	const { smoke, sandbox } = plant;
	const session = await until('n8n to let its owner in', async () => await smoke.session(), { timeoutMs: PATIENCE_MS });
	await session.activate(WEB_SOCKET_FLOW);
	// n8n 2.41 answers before the trigger is up, and this trigger starts with new events.
	await plant.untilStream('websocket');
	const done = async () => (await session.runs(WEB_SOCKET_FLOW)).filter(({ status }) => status === 'success').length;
	await sandbox.control('POST', 'completions/bulk', { count: 1, orderPrefix: 'MO9000', stepNs: 1_000_000 });
	await until('a run over WebSocket', async () => (await done()) === 1, { timeoutMs: 60_000 });
	await session.deactivate(WEB_SOCKET_FLOW);
	return '1 event over WebSocket';
}

/** Asks this n8n from inside what our capabilities file finds, and tries both out. */
export async function capabilities({ smoke }: CompatPlant): Promise<Seen> {
	const session = await smoke.session();
	await session.activate(PROBE_FLOW);
	const seen = await until(
		'the probe to tell',
		async () => {
			const runs = await session.executions(PROBE_FLOW);
			return runs.flatMap((run) => itemsOf(run, 'Probe')).find(({ what }) => what === 'seen');
		},
		{ timeoutMs: 60_000, everyMs: 300 },
	);
	const keeps = async () => (await session.runs(PROBE_FLOW)).some(({ status }) => status === 'error');
	if (seen.saveFailedExecution === true) await until('the failed execution', keeps, { timeoutMs: 20_000 }).catch(() => undefined);
	const found = {
		deduplicationKey: seen.deduplicationKey === true,
		saveFailedExecution: seen.saveFailedExecution === true,
		secondStart: String(seen.second),
		failedExecutionKept: await keeps(),
	};
	await session.deactivate(PROBE_FLOW);
	insist(found.deduplicationKey === (found.secondStart === 'refused'), `the key was ${found.deduplicationKey ? '' : 'not '}found, a second start ${found.secondStart}`);
	insist(found.saveFailedExecution === found.failedExecutionKept, 'a failed execution was promised and not kept');
	return found;
}

/** The Eryxon action node, by n8n's command line: the jobs that the double has. */
export async function eryxonAction({ smoke, eryxon }: CompatPlant): Promise<string> {
	const run = await smoke.execute(ERYXON_FLOW);
	const [listed, stored] = [itemsOf(run, 'Jobs').length, (await eryxon.records('jobs')).length];
	insist(run.status === 'success' && listed === stored, `${run.status}: ${listed} of ${stored} jobs`);
	return `${listed} jobs listed`;
}

/** Publishes the trigger's workflow before the server starts, by the command that this n8n has. */
export const publish = async ({ smoke }: CompatPlant): Promise<string> => await smoke.publish(TRIGGER_FLOW);
