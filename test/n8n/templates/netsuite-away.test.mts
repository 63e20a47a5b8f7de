import { until } from '../../../demo/lib/poll.mts';
import { compareBooks } from '../kit/books.mts';
import { asBooks, completionsOf } from '../kit/completions.mts';
import { FAILED_EVENTS, tableRows, WORKFLOW_ERRORS, type WorkflowError } from '../kit/data-tables.mts';
import { openStreams, saveOrders } from '../kit/plant.mts';
import type { Json, WorkOrder } from './netsuite/account.mts';
import { leaked } from './netsuite/leaks.mts';
import { Plant } from './netsuite/plant.mts';
import { postingsOf } from './netsuite/postings.mts';
import { CALLS } from './netsuite/signed-in.mts';

jest.setTimeout(600_000);

const COMPLETIONS = 'picoToNetsuite00';
const ENDING = 'netsuiteCalls001';
const ASK = 'ask0000000000000';
const PATIENCE = { timeoutMs: 400_000, everyMs: 500 };
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** Units come from Pico by the trigger while NetSuite is busy, away, or does not let n8n sign in. */
describe('NetSuite is busy, away, or does not let n8n in', () => {
	let plant: Plant;
	let orders: WorkOrder[];
	let next = 0;

	beforeAll(async () => {
		plant = await Plant.build(
			[
				{ name: 'pico-completions-to-netsuite', id: COMPLETIONS, published: true },
				// A plant whose certificate ends soon, and which looks every few seconds rather than every morning.
				{ name: 'netsuite-calls', id: ENDING, settings: { certificateEnds: day(10) }, published: true, everySeconds: 5 },
			],
			{ [ASK]: CALLS },
		);
		orders = await plant.netsuite.orders('VALVE-300', 1, 20);
		await saveOrders(plant.pico, orders.map(({ tranId }) => tranId), 'VALVE-300');
		await plant.n8n.n8n.start();
		await until('the trigger to listen', async () => (await openStreams(plant.pico)) === 1, { timeoutMs: 60_000 });
	});

	afterAll(async () => {
		await plant?.close();
	});

	const control = async (path: string, body: Json) => await plant.netsuite.control('POST', path, body);
	const booked = async () => (await plant.netsuite.records('assemblyBuild')).length;
	const parked = async () => await tableRows(await plant.n8n.session(), FAILED_EVENTS);
	const errors = async () => (await tableRows<WorkflowError>(await plant.n8n.session(), WORKFLOW_ERRORS)).map(({ message }) => message);
	const failedRuns = async () => (await plant.executions(COMPLETIONS)).error ?? 0;
	/** The shop floor completes a valve, whose order is the next one. */
	const complete = async (): Promise<WorkOrder> => {
		const order = orders[next++];
		await plant.pico.control('POST', 'orders/complete', { externalOrderId: order.tranId, partNumber: 'VALVE-300', orderIndex: 0, producedSerial: null, consumedSerials: [] });
		return order;
	};
	const nothing = async (): Promise<unknown> => undefined;
	/** Completes units in trouble, ends it after a run has failed, and waits for the units to be booked. */
	const survive = async (begin: () => Promise<unknown>, end: () => Promise<unknown>, units = 2, meanwhile = nothing) => {
		const [before, failures] = [await booked(), await failedRuns()];
		await begin();
		for (let n = 0; n < units; n++) await complete();
		await meanwhile();
		await until('a run to fail', async () => (await failedRuns()) > failures, PATIENCE);
		await end();
		await until('the units to be booked', async () => (await booked()) >= before + units, PATIENCE);
		expect(await booked()).toBe(before + units);
		expect(await parked()).toEqual([]);
	};

	it('warns before the certificate ends, and says where to renew it', async () => {
		const warning = await until('the warning', async () => (await errors()).find((message) => message.startsWith('The certificate ')), PATIENCE);
		expect(warning).toContain(`ends on ${day(10)}`);
		expect(warning).toContain('Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup');
		await (await plant.n8n.session()).deactivate(ENDING);
	});

	it('keeps units through 20 s of 429, and waits as NetSuite asks', async () => {
		let first = 0;
		await survive(async () => {
			await control('faults', { status: 429, seconds: 20, retryAfter: 10 });
			first = (await plant.calls()).at(-1)?.id ?? 0;
		}, nothing);
		const refused = (await plant.calls()).filter(({ id, status }) => id > first && status === 429);
		// 20 s long, 10 s of waiting each time: nobody hammers.
		expect(refused.length).toBeLessThanOrEqual(3);
	});

	it.each([
		['503', { status: 503, seconds: 10 }],
		['INVALID_LOGIN that goes away', { code: 'INVALID_LOGIN', seconds: 10 }],
		['the limit in the words of RESTlets', { code: 'SSS_REQUEST_LIMIT_EXCEEDED', seconds: 10 }],
		['a sign-in that is answered with 503', { status: 503, seconds: 10, path: 'oauth2' }],
	])('keeps units through %s', async (_name, fault) => {
		await survive(async () => await control('faults', fault), nothing);
	});

	it('signs in again when the token ends in the middle of a run', async () => {
		await survive(
			async () => await control('faults', { latencyMs: 4000, count: 1, path: 'GET /services/rest/record' }),
			nothing,
			1,
			async () => {
				const isAsked = async () => (await plant.netsuite.control<{ faults: { count: number } }>('GET', 'state?limit=1')).faults.count === 0;
				await until('the order to be read', isAsked, { ...PATIENCE, everyMs: 50 });
				await control('tokens', { refuse: 'issued' });
			},
		);
	});

	it('says in one line that the mapping was revoked, keeps the units, and books them when it is good again', async () => {
		await survive(
			async () => await control('machine/mappings', { revoked: true }),
			async () => {
				const line = await until('the line', async () => (await errors()).find((message) => message.startsWith('NetSuite does not accept the certificate')), PATIENCE);
				expect(line).toContain('OAuth 2.0 Client Credentials (M2M) Setup');
				await control('machine/mappings', { revoked: false });
			},
		);
	});

	it('says the same to other workflows', async () => {
		await control('machine/mappings', { validUntil: day(-1) });
		const { error } = await plant.handOver(ASK, { query: 'SELECT id FROM item' });
		expect(error).toMatch(/^NetSuite does not accept the certificate \S+ \(invalid_client\)\. /);
		await control('machine/mappings', { validUntil: day(300) });
	});

	it('parks what NetSuite refuses, within a minute on a quiet machine, while others go on', async () => {
		const refused = orders[next];
		await plant.netsuite.rest('PATCH', `workOrder/${refused.id}`, { orderStatus: { id: 'H' } });
		const before = await booked();
		const started = Date.now();
		await complete();
		await complete();
		const [row] = await until('the parked unit', async () => {
			const rows = await parked();
			return rows.length > 0 && rows;
		}, PATIENCE);
		console.info(`parked after ${Math.round((Date.now() - started) / 1000)} s`);
		expect(row).toMatchObject({ orderId: refused.tranId, status: 'parked', reason: expect.stringContaining('is closed in NetSuite') });
		await until('the unit behind it', async () => (await booked()) === before + 1, PATIENCE);
	});

	it('has booked every other unit exactly once, and left no token or key anywhere', async () => {
		const books = compareBooks({
			completions: asBooks(await completionsOf(plant.pico)),
			postings: await postingsOf(plant.netsuite),
			parked: (await parked()).map(({ orderId }) => `${orderId} unit 1`),
		});
		expect(books.wrong).toEqual([]);
		expect(books.count).toMatchObject({ parked: 1, twice: 0, missing: 0 });
		expect(await leaked(plant)).toEqual([]);
	});
});
