import { until } from '../../demo/lib/poll.mts';
import type { Execution } from '../../demo/lib/n8n-session.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { complete, openStreams, saveOrders } from './kit/plant.mts';
import { ordersIn, settledRuns } from './kit/runs.mts';
import { chain, lastStep, pauseFor, picoCredential, picoTrigger } from './kit/workflows.mts';

const NEVER_TWICE = 'crashNeverTwice0';
const RUN_AGAIN = 'crashRunAgain000';
const ORDERS = ['K-1', 'K-2', 'K-3', 'K-4'];

/** Both answers of the trigger to an unclean stop, through the same kill -9. */
describe('the trigger when n8n is killed in the middle of a run', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;
	let runs: Record<string, Execution[]>;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		const slow = (id: string, afterRestart: string) =>
			chain(id, id, [picoTrigger({ options: { afterRestart } }), pauseFor(2), lastStep]);
		installed = await InstalledN8n.create({
			credentials: [picoCredential(sandbox.endpoint, sandbox.token)],
			workflows: [slow(NEVER_TWICE, 'skip'), slow(RUN_AGAIN, 'again')],
			published: [NEVER_TWICE, RUN_AGAIN],
		});
		await saveOrders(sandbox, ORDERS, 'PUMP-100');
		await installed.n8n.start();
		await until('both triggers to listen', async () => (await openStreams(sandbox)) === 2, { timeoutMs: 60_000 });
		for (const [index, orderId] of ORDERS.entries()) await complete(sandbox, orderId, `SN-${index}`);

		const session = await installed.session();
		const underWay = async (id: string) => {
			const statuses = (await session.runs(id)).map(({ status }) => status);
			return statuses.length === 2 && statuses[1] === 'running';
		};
		await until('a second run of each', async () => (await underWay(NEVER_TWICE)) && (await underWay(RUN_AGAIN)));
		await installed.n8n.kill();
		await installed.n8n.start();
		const ends = [settledRuns(session, NEVER_TWICE, ORDERS.length), settledRuns(session, RUN_AGAIN, ORDERS.length + 1)];
		const [never, again] = await Promise.all(ends);
		runs = { [NEVER_TWICE]: never, [RUN_AGAIN]: again };
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
	});

	it('never starts an event twice by default; the run that was cut off stays visible', () => {
		const executions = runs[NEVER_TWICE];
		expect(executions.flatMap((run) => ordersIn(run, ORDERS))).toEqual(ORDERS);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'crashed', 'success', 'success']);
	});

	it('runs the event again that was cut off, when told so, and every event succeeds exactly once', () => {
		const executions = runs[RUN_AGAIN];
		const succeeded = executions.filter(({ status }) => status === 'success');
		expect(succeeded.flatMap((run) => ordersIn(run, ORDERS))).toEqual(ORDERS);
		expect(executions.filter(({ status }) => status === 'crashed')).toHaveLength(1);
	});
});
