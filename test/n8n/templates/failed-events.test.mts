import { plantTemplate } from '../../../demo/lib/plant-template.mts';
import { hasRunEnded } from '../../../demo/lib/n8n-session.mts';
import { until } from '../../../demo/lib/poll.mts';
import type { Workflow } from '../../../demo/lib/workflows.mts';
import { RecordServer, type Fault } from '../../kit/record-server.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { deliverEverythingAgain } from '../kit/again.mts';
import { booksTable, compareBooks, type Components } from '../kit/books.mts';
import { asBooks, completionsOf } from '../kit/completions.mts';
import { FAILED_EVENTS, markForRetry, tableRows, updateRows, WORKFLOW_ERRORS, type WorkflowError } from '../kit/data-tables.mts';
import { InstalledN8n } from '../kit/installed.mts';
import { complete, saveOrders } from '../kit/plant.mts';
import { itemsOf, settledRuns } from '../kit/runs.mts';
import { picoCredential } from '../kit/workflows.mts';
import { POSTING_WORKFLOW, postingWorkflow } from './failed/posting-workflow.mts';

const PARKING = 'testParking00001';
const REPOSTING = 'testReposting001';
const ORDERS = Array.from({ length: 50 }, (_, index) => `MO-${String(index + 1).padStart(3, '0')}`);
/** On a busy machine; a quiet one needs a third of it. */
const PATIENCE = 400_000;
const REFUSED = ['MO-007', 'MO-033'];

describe('parking and re-posting failed events in a real n8n', () => {
	let sandbox: SandboxProcess;
	let erp: RecordServer;
	let installed: InstalledN8n;
	let parking: Workflow & { id: string };

	const refuse: Fault = (_method, _path, { orderId }) =>
		REFUSED.includes(String(orderId)) ? { status: 422, message: `Order ${String(orderId)} is locked` } : undefined;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		erp = await RecordServer.start();
		const credentials = [picoCredential(sandbox.endpoint, sandbox.token)];
		parking = plantTemplate(process.cwd(), 'park-failed-events', {
			id: PARKING,
			credentials,
			settings: { postingWorkflowId: POSTING_WORKFLOW },
		});
		const reposting = plantTemplate(process.cwd(), 'repost-failed-events', { id: REPOSTING, credentials });
		installed = await InstalledN8n.create({
			credentials,
			workflows: [parking, reposting, postingWorkflow(erp.url)],
			published: [PARKING, POSTING_WORKFLOW],
		});
		await installed.n8n.start();
		await until('the trigger to listen', async () => {
			const { streams } = await sandbox.control<{ streams: unknown[] }>('GET', 'state');
			return streams.length > 0;
		}, { timeoutMs: 90_000 });
	});

	afterAll(async () => {
		await installed?.remove();
		await erp?.close();
		await sandbox?.close();
	});

	const rows = async () => await tableRows(await installed.session(), FAILED_EVENTS);

	const statusOf = async (orderId: string) => (await rows()).find((row) => row.orderId === orderId)?.status;

	const books = async () => {
		const parked = (await rows()).filter(({ status }) => status === 'parked').map(({ eventId }) => eventId);
		const completions = asBooks(await completionsOf(sandbox), ({ eventId }) => eventId);
		const postings = [...erp.records.values()].map(({ id, body }) => ({
			key: id,
			serial: body.serial as string | null,
			components: body.components as Components,
		}));
		return compareBooks({ completions, postings, parked });
	};

	/** Runs the template by its button and resolves its execution. */
	const repost = async () => {
		const session = await installed.session();
		const before = (await session.runs(REPOSTING)).length;
		await session.runManually(REPOSTING, 'Run now');
		const runs = await settledRuns(session, REPOSTING, before + 1);
		return runs[runs.length - 1];
	};

	it('says that there is nothing to re-post before anything was ever parked', async () => {
		const run = await repost();
		expect(run).toMatchObject({ status: 'success', data: { resultData: { lastNodeExecuted: 'Nothing to re-post' } } });
		expect(await rows()).toEqual([]);
	});

	it('posts 50 units through refusals, a server error, a time-out and a kill; only the refused ones are parked', async () => {
		const trouble = new Map<unknown, ReturnType<Fault>>([
			['MO-004', { status: 500, message: 'The plant system is down' }],
			['MO-012', 'hang'],
		]);
		erp.fault = (method, path, body) => {
			const once = trouble.get(body.orderId);
			trouble.delete(body.orderId);
			return once ?? refuse(method, path, body);
		};
		await saveOrders(sandbox, ORDERS, 'PUMP-100');
		for (const orderId of ORDERS) await complete(sandbox, orderId, `SN-${orderId}`);

		await until('20 units to be posted', () => erp.records.size >= 20, { timeoutMs: PATIENCE });
		await installed.n8n.kill();
		await installed.n8n.start();

		await until('all units to be posted or parked', async () => erp.records.size + (await rows()).length >= ORDERS.length, {
			timeoutMs: PATIENCE,
		});
		const { wrong, count } = await books();
		expect(wrong).toEqual([]);
		expect(count).toMatchObject({ posted: 48, parked: 2 });
	}, PATIENCE);

	it('keeps why, when and the whole event of what it parked', async () => {
		const parked = await rows();
		expect(parked.map(({ orderId }) => orderId)).toEqual(REFUSED);
		for (const row of parked) {
			expect(row).toMatchObject({ status: 'parked', workflowId: PARKING, partNumber: 'PUMP-100' });
			expect(row.reason).toContain(`Order ${row.orderId} is locked`);
			expect(JSON.parse(row.payload)).toMatchObject({ eventId: row.eventId, producedSerial: `SN-${row.orderId}` });
		}
	});

	it('notes each different error once, however often it happens', async () => {
		const errors = await tableRows<WorkflowError>(await installed.session(), WORKFLOW_ERRORS);
		const ofParking = errors.filter(({ workflow, message }) => workflow === parking.name && message.includes('MO-007'));
		expect(ofParking).toHaveLength(1);
		expect(ofParking[0].link).toContain(`/workflow/${PARKING}/executions/`);
	});

	it('leaves rows alone that nobody chose, and parks again what is still refused', async () => {
		const [first, second] = await rows();
		await markForRetry(await installed.session(), [first.eventId]);
		expect((await repost()).status).toBe('success');
		const after = await rows();
		expect(after[0]).toMatchObject({ eventId: first.eventId, status: 'parked' });
		expect(after[0].reason).toContain('is locked');
		expect(after[0].failedAt > first.failedAt).toBe(true);
		expect(after[1]).toEqual(second);
	});

	it('posts chosen rows again; a row that cannot be read does not stop the others', async () => {
		const session = await installed.session();
		erp.fault = () => undefined;
		const [first, second] = await rows();
		const { payload } = first;
		await updateRows(session, FAILED_EVENTS, ['eventId', first.eventId], { status: 'retry', payload: 'torn' });
		await markForRetry(session, [second.eventId]);
		await repost();
		expect(await statusOf(REFUSED[0])).toBe('parked');
		expect(await statusOf(REFUSED[1])).toBe('posted');
		await updateRows(session, FAILED_EVENTS, ['eventId', first.eventId], { payload });
	});

	it('loses nothing when n8n is killed between posting and noting it', async () => {
		const session = await installed.session();
		const open = (await rows()).filter(({ status }) => status === 'parked');
		await markForRetry(session, open.map(({ eventId }) => eventId));
		// The plant system takes the unit, but its answer never arrives: the kill comes first.
		let taken = 0;
		erp.fault = (_method, path, body) => {
			if (taken++ > 0) return undefined;
			erp.records.set(path.split('/')[2], { id: path.split('/')[2], body, writes: 1 });
			return 'hang';
		};
		await session.runManually(REPOSTING, 'Run now');
		await until('the plant system to have the unit', () => taken > 0, { timeoutMs: 90_000 });
		await installed.n8n.kill();
		await installed.n8n.start();
		expect((await rows()).filter(({ status }) => status === 'retry').length).toBeGreaterThan(0);

		await until('the cut-off run to be marked', async () => (await session.runs(REPOSTING)).every(hasRunEnded), { timeoutMs: 90_000 });
		await repost();
		expect((await rows()).map(({ status }) => status)).toEqual(['posted', 'posted']);
		const { wrong, count } = await books();
		expect(wrong).toEqual([]);
		expect(count).toMatchObject({ posted: ORDERS.length, parked: 0 });
	});

	it('changes nothing when every event is delivered again', async () => {
		const before = erp.calls.length;
		await installed.n8n.stop();
		await deliverEverythingAgain(installed, parking, 'again');
		await until('every unit to be handed over again', () => erp.calls.length >= before + ORDERS.length, { timeoutMs: PATIENCE });
		const compared = await books();
		process.stdout.write(`\n${booksTable('Pico and the plant system', compared)}\n`);
		expect(compared).toMatchObject({ wrong: [], count: { posted: ORDERS.length, parked: 0 } });
		const run = await repost();
		expect(itemsOf(run, 'Nothing to re-post')).toHaveLength(1);
	}, PATIENCE);
});
