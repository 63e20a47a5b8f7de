import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { n8nEnvironment } from '../../../demo/lib/n8n-environment.mts';
import { until } from '../../../demo/lib/poll.mts';
import type { Credential } from '../../../demo/lib/workflows.mts';
import { startDouble, type Double } from '../../../packages/eryxon/test/kit/double.mts';
import { placedOrders } from '../../n8n/kit/plant.mts';
import { itemsOf, settledRuns } from '../../n8n/kit/runs.mts';
import { chain, lastStep, manualTrigger } from '../../n8n/kit/workflows.mts';
import { account, settled, type Account, type StoredRun } from '../kit/account.mts';
import type { Hit } from '../kit/collector.mts';
import { flow, picoCredential } from '../kit/flows.mts';
import { FIRST, N8nPlant, PATIENCE_MS } from '../kit/n8nPlant.mts';
import type { Installed } from './releases.mts';

const TRIGGER_FLOW = 'compatTrigger001';
const WEB_SOCKET_FLOW = 'compatWebSocket1';
const ACTION_FLOW = 'compatAction0001';
const WEBHOOK_FLOW = 'compatWebhook001';
const PROBE_FLOW = 'compatProbe00001';
const QUEUED_FLOW = 'compatQueued0001';
const QUEUED_ORDERLY = 'compatQueued0002';
const ERYXON_FLOW = 'compatEryxon0001';
const ERYXON = { id: 'compatEryxon0001', name: 'Eryxon' };
const START_DATE = new Date(FIRST - 24 * 3600_000).toISOString();
const PART = 'PUMP-100';
const UNITS = 3;
const ORDER = 'COMPAT-1';
const NODES = ['pico-mes.pico', 'pico-mes.picoTrigger', 'pico-mes.picoWebhookTrigger', 'eryxon.eryxon', 'eryxon.eryxonTrigger'].map((name) => `n8n-nodes-${name}`);
const CREDENTIALS = ['picoApi', 'eryxonApi'];
const LOAD_ERROR = /^.*(?:n8n-nodes-(?:pico-mes|eryxon)\b.*\b(?:error|fail|could not|cannot)|(?:error|fail|could not|cannot)\w*\b.*n8n-nodes-(?:pico-mes|eryxon)\b).*$/im;

/** One release of n8n with the packed packages and the probe in it, between a Pico, an Eryxon and the system that it writes to. */
export interface Smoke {
	host: Installed;
	plant: N8nPlant;
	eryxon: Double;
	credentials: Credential[];
}

/** Not started: commands come first. */
export async function openSmoke(root: string, host: Installed, tarballs: string[]): Promise<Smoke> {
	const eryxon = await startDouble();
	const { baseUrl, apiKey } = eryxon.access;
	let credentials: Credential[] = [];
	const plant = await N8nPlant.with(({ sandbox, collector }) => {
		const pico = picoCredential(sandbox.endpoint, sandbox.token);
		credentials = [pico, { ...ERYXON, type: 'eryxonApi', data: { baseUrl, apiKey, externalSource: '' } }];
		const onFolder = (folder: string) => cpSync(join(root, 'test', 'measure', 'compat', 'probe'), join(folder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-compat-probe'), { recursive: true });
		return { host, tarballs, credentials, workflows: workflows(pico, collector.url), extra: { ...modulesOf(host), N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30' }, onFolder };
	});
	return { host, plant, eryxon, credentials };
}

export async function closeSmoke({ plant, eryxon }: Smoke): Promise<void> {
	await plant.close();
	await eryxon.close();
}

/** Modules that this n8n does not have cannot be switched off in it. */
function modulesOf({ folder }: Installed): NodeJS.ProcessEnv {
	const modules = join(folder, 'node_modules', 'n8n', 'dist', 'modules');
	const present = new Set(existsSync(modules) ? readdirSync(modules).map((name) => name.replace(/\.ee$/, '')) : []);
	const { N8N_DISABLED_MODULES = '' } = n8nEnvironment({ userFolder: folder, port: 1, brokerPort: 1 });
	return { N8N_DISABLED_MODULES: N8N_DISABLED_MODULES.split(',').filter((name) => present.has(name)).join(',') };
}

/** What a person would build first with each node. */
function workflows({ id, name }: Credential, collector: string) {
	const access = { picoApi: { id, name } };
	const picoNode = (title: string, parameters: Record<string, unknown>) => ({ name: title, type: 'n8n-nodes-pico-mes.pico', typeVersion: 1, parameters, credentials: access });
	const operationId = { __rl: true, mode: 'partNumber', value: PART };
	const webhookId = '6f1d2c1e-0000-4000-8000-00000000c0de';
	return [
		flow({ id: TRIGGER_FLOW, trigger: { startFrom: 'date', startDate: START_DATE } }, collector),
		flow({ id: QUEUED_FLOW, trigger: { deliverNext: 'immediately' } }, collector),
		flow({ id: QUEUED_ORDERLY, trigger: { deliverNext: 'afterSuccess' } }, collector),
		flow({ id: WEB_SOCKET_FLOW, trigger: { startFrom: 'new', options: { connection: 'webSocket' } } }, collector),
		chain(ACTION_FLOW, ACTION_FLOW, [
			manualTrigger,
			picoNode('List', { resource: 'operation', operation: 'getAll', returnAll: true, filters: {} }),
			{ ...picoNode('Save', { resource: 'operationOrder', operation: 'save', operationId, orderId: ORDER, quantity: UNITS, options: {} }), executeOnce: true },
		]),
		chain(WEBHOOK_FLOW, WEBHOOK_FLOW, [
			{ name: 'Pico calls', type: 'n8n-nodes-pico-mes.picoWebhookTrigger', typeVersion: 1, webhookId, parameters: { event: 'orderCompleted', output: 'simplified', options: {} }, credentials: access },
			lastStep,
		]),
		chain(PROBE_FLOW, PROBE_FLOW, [{ name: 'Probe', type: 'n8n-nodes-compat-probe.probe', typeVersion: 1, parameters: {} }, lastStep]),
		chain(ERYXON_FLOW, ERYXON_FLOW, [
			manualTrigger,
			{ name: 'Jobs', type: 'n8n-nodes-eryxon.eryxon', typeVersion: 1, parameters: { resource: 'job', operation: 'getAll', returnAll: true, filters: {}, sort: {} }, credentials: { eryxonApi: ERYXON } },
		]),
	];
}

/** Publishes the trigger's workflow while n8n is stopped, by the command that this n8n has for it. @returns the command */
export async function publish({ host, plant }: Smoke): Promise<string> {
	const isNew = existsSync(join(host.folder, 'node_modules', 'n8n', 'dist', 'commands', 'publish', 'workflow.js'));
	const [command, ...more] = isNew ? ['publish:workflow'] : ['update:workflow', '--active=true'];
	await plant.n8n.command(command, `--id=${TRIGGER_FLOW}`, ...more);
	return command;
}

/** Runs of the trigger once each completion is known to have reached one and none is under way, or nothing changes. */
const triggerRuns = async ({ plant }: Smoke): Promise<StoredRun[]> =>
	await settled(async () => await plant.runs(TRIGGER_FLOW), plant.collector.hits, plant.made, { quietMs: 60_000, timeoutMs: PATIENCE_MS * 2, everyMs: 500 });

/** Until n8n lets its owner in: just started on a busy machine, it may still drop a connection or two. */
const sessionOf = async ({ plant }: Smoke) => await until('n8n to let its owner in', async () => await plant.n8n.session(), { timeoutMs: PATIENCE_MS });

function insist(holds: boolean, otherwise: string): void {
	if (!holds) throw new Error(otherwise);
}

/** By n8n's command line, before the server was ever started: lists operations, saves an order, saves nothing twice. */
export async function action(smoke: Smoke): Promise<string> {
	const { plant } = smoke;
	const { sandbox, n8n } = plant;
	const run = await n8n.execute(ACTION_FLOW);
	const listed = itemsOf(run, 'List').length;
	const wanted = (await plant.state()).operations.filter(({ archivedAt }) => !archivedAt).length;
	insist(listed > 0 && listed === wanted, `listed ${listed} of ${wanted} operations`);
	const saved = (await placedOrders(sandbox, ORDER)).length;
	insist(saved === UNITS, `saved ${saved} of ${UNITS} units`);
	const again = itemsOf(await n8n.execute(ACTION_FLOW), 'Save').filter(({ result }) => result === 'created').length;
	const placed = (await placedOrders(sandbox, ORDER)).length;
	insist(again === 0 && placed === UNITS, `a repeat saved ${again} more; Pico has ${placed} units`);
	return `${listed} operations listed, ${UNITS} units saved once`;
}

/** All nodes and credentials are offered under their names, both connection tests pass, the log has no complaint. */
export async function loads(smoke: Smoke): Promise<string> {
	const session = await sessionOf(smoke);
	const names = async (path: string) =>
		await until(path, async () => ((await (await session.file(path)).json()) as Array<{ name: string }>).map(({ name }) => name), { timeoutMs: PATIENCE_MS });
	const [nodes, credentials] = [await names('/types/nodes.json'), await names('/types/credentials.json')];
	const missing = [...NODES.filter((name) => !nodes.includes(name)), ...CREDENTIALS.filter((name) => !credentials.includes(name))];
	insist(missing.length === 0, `missing: ${missing.join(', ')}`);
	const [complaint] = LOAD_ERROR.exec(smoke.plant.n8n.log()) ?? [];
	insist(complaint === undefined, `the log says: ${complaint}`);
	// Older releases test only credentials that are stored.
	for (const credential of smoke.credentials) {
		const what = `the connection test of ${credential.type}`;
		const { status, message } = await until(what, async () => await session.testCredential(credential));
		insist(status === 'OK', `${what}: ${message}`);
	}
	return `${NODES.length} nodes, ${CREDENTIALS.length} credentials`;
}

const TRIGGERED = 10;

/** Events since a start date, each with one run that reaches the other system. */
export async function trigger(smoke: Smoke): Promise<string> {
	const { plant } = smoke;
	await plant.untilStreams(1);
	await plant.complete(TRIGGERED - plant.made);
	await plant.untilOrders(TRIGGERED);
	const { lost, duplicated, strange } = account(plant.made, await triggerRuns(smoke), plant.collector.hits);
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
export async function kills(smoke: Smoke): Promise<Kills> {
	const { plant } = smoke;
	plant.collector.delay = () => 80;
	for (let kill = 1; kill <= KILLS; kill++) {
		const arrived = plant.collector.orders.size;
		await plant.complete(BEFORE_KILL);
		await plant.untilOrders(arrived + BEFORE_KILL / 3);
		await plant.n8n.kill();
		await plant.complete(WHILE_DOWN);
		await plant.n8n.start();
	}
	const counted = account(plant.made, await triggerRuns(smoke), plant.collector.hits);
	plant.collector.delay = () => 0;
	return { events: plant.made, kills: KILLS, ...counted };
}

export interface Queued extends Account {
	events: number;
	/** Runs that n8n had queued when it was killed, and those that it never carried out. */
	queued: number;
	stuck: number;
	/** Each event has one run, which came to its end or is listed as crashed. */
	survive: boolean;
	/** Events that *After Run Succeeds*, queued behind the others, ran a second time beside n8n, which carried out the queued run. */
	again: number;
}

const WITH_LIMIT = 12;
const QUEUED_LEAST = 6;

/** One run at a time by n8n's own limit, several events at once and one in order behind them; kill -9 while n8n has most of the runs queued. */
export async function queued(smoke: Smoke): Promise<Queued> {
	const { plant } = smoke;
	const { n8n, collector } = plant;
	await (await sessionOf(smoke)).deactivate(TRIGGER_FLOW);
	await n8n.reconfigure({ N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' });
	await plant.reset();
	await n8n.start();
	await sessionOf(smoke);
	const told: Record<string, Hit[]> = { [QUEUED_FLOW]: [], [QUEUED_ORDERLY]: [] };
	collector.onCall = (run, path) => told[path.slice(1)]?.push(...run);
	for (const id of Object.keys(told)) await plant.activate(id);
	collector.delay = () => 1_000;
	await plant.complete(WITH_LIMIT);
	const waiting = async () => (await plant.runs(QUEUED_FLOW)).filter(({ status }) => status === 'new').length;
	await plant.untilOrders(2);
	const atKill = await until('runs that n8n has queued', async () => ((await waiting()) >= QUEUED_LEAST ? await waiting() : undefined), { timeoutMs: PATIENCE_MS });
	await n8n.kill();
	collector.delay = () => 0;
	await n8n.start();
	const ended = async (id: string) => {
		const runs = await settled(async () => await plant.runs(id), told[id], plant.made, { quietMs: 60_000, timeoutMs: PATIENCE_MS * 2, everyMs: 500 });
		return { runs, counted: account(plant.made, runs, told[id]) };
	};
	const [{ runs, counted }, orderly] = [await ended(QUEUED_FLOW), await ended(QUEUED_ORDERLY)];
	insist(counted.duplicated === 0, `${counted.duplicated} events came twice`);
	insist(orderly.counted.lost === 0, `After Run Succeeds lost ${orderly.counted.lost} events`);
	const stuck = runs.filter(({ status }) => ['new', 'running'].includes(status)).length;
	const again = told[QUEUED_ORDERLY].length - new Set(told[QUEUED_ORDERLY].map(({ eventId }) => eventId)).size;
	return { events: plant.made, queued: atKill, stuck, again, survive: counted.lost === 0 && counted.strange.length === 0, ...counted };
}

/** Registers when published, starts one run for each call, fetches what it missed in a kill, takes its webhook away. */
export async function webhook(smoke: Smoke): Promise<string> {
	const { plant } = smoke;
	const { sandbox, n8n } = plant;
	const session = await n8n.session();
	const registered = async () => (await plant.state()).webhooks.length;
	const complete = async (count: number) => await sandbox.control('POST', 'completions/bulk', { count, orderPrefix: 'HOOK', stepNs: 1_000_000 });
	const items = async (runs: number) => (await settledRuns(session, WEBHOOK_FLOW, runs)).flatMap((run) => itemsOf(run, 'Pico calls')).length;
	await session.activate(WEBHOOK_FLOW);
	await until('the webhook to be registered', async () => (await registered()) === 1, { timeoutMs: 30_000 });
	for (let count = 1; count <= 3; count++) {
		await complete(1);
		insist((await items(count)) === count, `${count} calls, ${await items(count)} events`);
	}
	await n8n.kill();
	await complete(2);
	await until('Pico to give up', async () => (await plant.state()).deliveries.length >= 5, { timeoutMs: 30_000 });
	await n8n.start();
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
export async function webSocket(smoke: Smoke): Promise<string> {
	const { plant } = smoke;
	const { sandbox } = plant;
	const session = await sessionOf(smoke);
	await session.activate(WEB_SOCKET_FLOW);
	// n8n 2.41 answers before the trigger is up, and this trigger starts with new events.
	const isOpen = async () => (await plant.state()).streams.some(({ transport }) => transport === 'websocket');
	await until('a stream over WebSocket', isOpen, { timeoutMs: PATIENCE_MS });
	const done = async () => (await session.runs(WEB_SOCKET_FLOW)).filter(({ status }) => status === 'success').length;
	await sandbox.control('POST', 'completions/bulk', { count: 1, orderPrefix: 'MO9000', stepNs: 1_000_000 });
	await until('a run over WebSocket', async () => (await done()) === 1, { timeoutMs: 60_000 });
	await session.deactivate(WEB_SOCKET_FLOW);
	return '1 event over WebSocket';
}

/** Asks this n8n from inside what our capabilities file finds, and tries both out. */
export async function capabilities(smoke: Smoke): Promise<Seen> {
	const session = await sessionOf(smoke);
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
export async function eryxonAction({ plant, eryxon }: Smoke): Promise<string> {
	const run = await plant.n8n.execute(ERYXON_FLOW);
	const [listed, stored] = [itemsOf(run, 'Jobs').length, (await eryxon.records('jobs')).length];
	insist(run.status === 'success' && listed === stored, `${run.status}: ${listed} of ${stored} jobs`);
	return `${listed} jobs listed`;
}

