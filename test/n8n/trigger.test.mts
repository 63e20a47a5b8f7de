import { until } from '../../demo/lib/poll.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { complete, openStreams, saveOrders } from './kit/plant.mts';
import { itemsOf, settledRuns } from './kit/runs.mts';
import { chain, lastStep, picoCredential, picoTrigger, TRIGGER } from './kit/workflows.mts';

const WORKFLOW = 'completionsTest0';
const ORDERS = ['T-1', 'T-2', 'T-3', 'T-4'];
const LATE = 'T-5';

/** The tests build on one another: they follow one trigger through its life. */
describe('the trigger in a real n8n', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		installed = await InstalledN8n.create({
			credentials: [picoCredential(sandbox.endpoint, sandbox.token)],
			workflows: [chain(WORKFLOW, 'Completions', [picoTrigger(), lastStep])],
			published: [WORKFLOW],
		});
		await saveOrders(sandbox, [...ORDERS, LATE], 'PUMP-100');
		await installed.n8n.start();
		await untilListening();
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
	});

	const untilListening = () =>
		until('the trigger to open its stream', async () => (await openStreams(sandbox)) === 1, { timeoutMs: 60_000 });

	const runs = async (count: number) => await settledRuns(await installed.session(), WORKFLOW, count);

	const orderIds = async (count: number) =>
		(await runs(count)).filter(({ mode }) => mode === 'trigger').flatMap((run) => itemsOf(run, TRIGGER).map((item) => item.orderId));

	it('starts exactly one execution for a completion, with what was built', async () => {
		await complete(sandbox, 'T-1', 'SN-1');
		const [run] = await runs(1);
		expect(run).toMatchObject({ status: 'success', mode: 'trigger' });
		const [item] = itemsOf(run, TRIGGER);
		expect(item).toMatchObject({ orderId: 'T-1', orderIndex: 0, partNumber: 'PUMP-100', producedSerial: 'SN-1' });
		expect(item.eventId).toEqual(expect.any(String));
		// One more event after it: had the first one been started twice, it would lie between the two.
		await complete(sandbox, 'T-2', 'SN-2');
		expect(await orderIds(2)).toEqual(['T-1', 'T-2']);
	});

	it('goes on after a clean restart without starting anything again, and fetches what it missed', async () => {
		await installed.n8n.stop();
		await complete(sandbox, 'T-3', 'SN-3');
		await installed.n8n.start();
		await untilListening();
		await complete(sandbox, 'T-4', 'SN-4');
		expect(await orderIds(4)).toEqual(ORDERS);
	});

	it('gives a real event to a test run in the editor and leaves the stored position as it is', async () => {
		const before = await installed.staticData(WORKFLOW);
		expect(before).toContain('cursor');
		const session = await installed.session();
		const { executionId } = await session.runManually(WORKFLOW, TRIGGER);
		const manual = await until('the test run to end', async () =>
			(await session.executions(WORKFLOW)).find(({ id, status }) => id === String(executionId) && status === 'success'),
		);
		expect(itemsOf(manual, TRIGGER)).toEqual([expect.objectContaining({ orderId: 'T-4', delivery: expect.objectContaining({ replayed: true }) as object })]);
		expect(await installed.staticData(WORKFLOW)).toBe(before);
	});

	it('shows that Pico refuses it at a start of n8n, keeps trying, and goes on by itself', async () => {
		await installed.n8n.stop();
		await sandbox.control('POST', 'switches', { paths: '/graphql' });
		await installed.n8n.start();
		const session = await installed.session();
		const refused = await until(
			'a failed execution that names the cause',
			async () => (await session.executions(WORKFLOW)).find(({ status, data }) => status === 'error' && JSON.stringify(data).includes('404')),
			{ timeoutMs: 60_000, everyMs: 500 },
		);
		expect(refused.mode).toBe('trigger');
		await complete(sandbox, LATE, 'SN-5');
		await sandbox.control('POST', 'switches', { paths: 'both' });
		await until('the order completed meanwhile', async () => (await orderIds(6)).includes(LATE), { timeoutMs: 120_000, everyMs: 1_000 });
	}, 240_000);

	it('stops listening when the workflow is switched off', async () => {
		const session = await installed.session();
		await session.deactivate(WORKFLOW);
		await until('the stream to close', async () => (await openStreams(sandbox)) === 0);
		expect(await orderIds(7)).toEqual([...ORDERS, LATE]);
	});
});
