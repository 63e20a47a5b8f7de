import { until } from '../../demo/lib/poll.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { complete, openStreams, saveOrders } from './kit/plant.mts';
import { chain, lastStep, picoCredential, picoTrigger } from './kit/workflows.mts';

const WORKFLOW = 'engineTwoTest000';

/**
 * n8n's Engine 2.0 (workflow setting `engineType`) lets no trigger wait for its run. That refusal is made before the
 * engine is asked, so it shows on an n8n that has no such engine running.
 */
describe('a workflow on Engine 2.0 in a real n8n', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		const workflow = chain(WORKFLOW, 'On Engine 2.0', [picoTrigger(), lastStep]);
		installed = await InstalledN8n.create({
			credentials: [picoCredential(sandbox.endpoint, sandbox.token)],
			workflows: [{ ...workflow, settings: { ...workflow.settings, engineType: 'v2' } }],
			published: [WORKFLOW],
		});
		await saveOrders(sandbox, ['E-1'], 'PUMP-100');
		await installed.n8n.start();
		await until('the trigger to open its stream', async () => (await openStreams(sandbox)) === 1, { timeoutMs: 60_000 });
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
	});

	it('says in a failed execution which setting to change, and does not move over the event', async () => {
		const session = await installed.session();
		await complete(sandbox, 'E-1', 'SN-1');
		const [refused] = await until('the refusal to show', async () => {
			const runs = await session.executions(WORKFLOW);
			return runs.length > 0 && runs;
		});
		expect(refused.status).toBe('error');
		const { message, description } = refused.data?.resultData.error ?? {};
		expect(message).toMatch(/^n8n did not start a run for event .*Engine 2\.0/);
		expect(description).toContain("Set 'Deliver Next Event' to 'Immediately'");
		const state = JSON.parse((await installed.staticData(WORKFLOW)) ?? '{}') as Record<string, Record<string, { inFlight: unknown }>>;
		const [position] = Object.entries(state.global ?? {}).filter(([key]) => key.startsWith('picoTrigger:'));
		expect(position[1].inFlight).not.toBeNull();
	});
});
