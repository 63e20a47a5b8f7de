import { PACE } from '../../../nodes/shared/delivery/pace.ts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

let sandbox: SandboxProcess;
let host: TriggerHost;

beforeAll(async () => {
	Object.assign(PACE, { firstEnd: 60_000, queuedEnd: 200 });
	sandbox = await startSandboxProcess();
});
afterAll(async () => await sandbox.close());
beforeEach(async () => {
	await sandbox.control('POST', 'reset', {});
	host = new TriggerHost(sandbox);
	host.queueMode = true;
});
afterEach(async () => await host.deactivate());

const complete = async (count: number) => await sandbox.control('POST', 'completions/bulk', { count, orderPrefix: 'MO' });

test('goes on after a run whose end n8n never tells, as happens in queue mode', async () => {
	await host.activate();
	await complete(1);
	await until('a run whose end is told', () => host.runs[0]?.status === 'success');
	host.workflow = (_items, run) => (run === host.runs[1] ? 'never' : 'success');
	await complete(3);
	await until('all runs', () => host.runs.length === 4, 10_000);
	expect(new Set(host.ids).size).toBe(4);
	expect(host.logs.join('\n')).toContain('did not report the end of the run');
});

test('goes on as soon after a restart, though the first end it waits for is never told', async () => {
	await host.activate();
	await complete(2);
	await until('two runs', () => host.runs.filter(({ status }) => status === 'success').length === 2);
	await host.deactivate();
	const before = host.runs.length;
	host.workflow = (_items, run) => (run === host.runs[before] ? 'never' : 'success');
	await host.activate('init');
	await complete(2);
	await until('the runs after the restart', () => host.runs.length === before + 2, 10_000);
	expect(new Set(host.ids).size).toBe(4);
});

test('in one process waits for the end of a run however long the others took', async () => {
	host.queueMode = false;
	await host.activate();
	await complete(1);
	await until('a run', () => host.runs[0]?.status === 'success');
	let end: (() => void) | undefined;
	host.workflow = async () => await new Promise((resolve) => (end = () => resolve('success')));
	await complete(2);
	await until('the second run', () => host.runs.length === 2);
	await new Promise((resolve) => setTimeout(resolve, 500));
	expect(host.runs).toHaveLength(2);
	host.workflow = () => 'success';
	end?.();
	await until('the third run', () => host.runs.length === 3);
});

test('keeps an event visible whose run died with its worker, since n8n then keeps no data of the run', async () => {
	await host.activate();
	await complete(1);
	await until('a run whose end is told', () => host.runs[0]?.status === 'success');
	host.queueMode = false;
	host.runError = { message: 'job stalled more than maxStalledCount' };
	host.workflow = (_items, run) => (run === host.runs[1] ? 'error' : 'success');
	await complete(1);
	await until('a failed execution', () => host.failedExecutions.length === 1);
	expect(host.failedExecutions[0].message).toContain('may not have finished');
	const { description } = host.failedExecutions[0] as Error & { description?: string };
	expect(description).toContain(String(host.items[1].orderId));
});
