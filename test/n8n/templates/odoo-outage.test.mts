import { until } from '../../../demo/lib/poll.mts';
import { FAILED_EVENTS, tableRows } from '../kit/data-tables.mts';
import { openStreams, saveOrders } from '../kit/plant.mts';
import { Front } from './odoo/front.mts';
import { Plant } from './odoo/plant.mts';

jest.setTimeout(400_000);

const COMPLETIONS = 'picoDoneToOdoo00';

/** Gears of one piece each, completed while Odoo is there, answers 502, and does not answer at all. */
describe('completions while Odoo is away', () => {
	let plant: Plant;
	let front: Front;
	let gears: Array<{ id: number; name: string }>;

	beforeAll(async () => {
		plant = await Plant.build([{ name: 'pico-completions-to-odoo', id: COMPLETIONS, published: true }], async (odoo) => {
			front = await Front.before(odoo);
			return front.url;
		});
		await plant.pico.control('POST', 'operations/deploy', { partNumber: 'GEAR-200', revision: 'A' });
		gears = await plant.odoo.orders('GEAR-200', 1, 5);
		await saveOrders(plant.pico, gears.map(({ name }) => name), 'GEAR-200');
		await plant.installed.n8n.start();
		await until('the trigger to listen', async () => (await openStreams(plant.pico)) === 1, { timeoutMs: 60_000 });
	});

	afterAll(async () => {
		await plant?.close();
		await front?.close();
	});

	const build = async (...which: number[]) => {
		for (const { name } of which.map((index) => gears[index])) {
			const consumedSerials = [{ externalId: 'HOUSING-10', value: `H-${name}` }];
			await plant.pico.control('POST', 'orders/complete', { externalOrderId: name, producedSerial: `G-${name}`, consumedSerials });
		}
	};
	const states = async () => {
		const { orders } = await plant.odoo.state();
		return gears.map(({ id }) => orders.find((order) => order.id === id)?.state);
	};
	const parked = async () => await tableRows(await plant.installed.session(), FAILED_EVENTS);
	const failedRuns = async () => (await plant.executions(COMPLETIONS)).error ?? 0;
	const untilRunsFailed = async (more: number) => {
		const before = await failedRuns();
		await until(`${more} more failed runs`, async () => (await failedRuns()) >= before + more, { timeoutMs: 180_000 });
	};

	it('holds units while Odoo answers 502 and while nobody answers, longer than all attempts, and books them in order without a person', async () => {
		front.instead = () => 502;
		await build(0, 1);
		// The template gives up after three attempts: more of them show that none was used up.
		await untilRunsFailed(4);
		front.instead = () => undefined;
		await front.leave();
		await build(2);
		await untilRunsFailed(1);
		expect(await states()).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed']);
		await front.return();
		await until('the three units', async () => (await plant.odoo.postedUnits()) === 3, { timeoutMs: 300_000 });
		expect((await states()).slice(0, 3)).toEqual(['done', 'done', 'done']);
		const { messages } = await plant.odoo.state();
		const booked = messages.filter(({ subject }) => subject.startsWith('Pico unit ')).map(({ recordId }) => recordId);
		expect(booked.reverse()).toEqual(gears.slice(0, 3).map(({ id }) => id));
		expect(await parked()).toEqual([]);
	});

	it('parks what Odoo refuses within a minute, and books the unit behind it', async () => {
		await plant.odoo.control('refuse', { model: 'mrp.production', id: gears[3].id, message: 'The period is closed' });
		await build(3, 4);
		const [row] = await until('the parked unit', async () => {
			const rows = await parked();
			return rows.length > 0 && rows;
		}, { timeoutMs: 120_000 });
		expect(row).toMatchObject({ orderId: gears[3].name, status: 'parked', reason: expect.stringContaining('The period is closed') });
		const { completedAt } = JSON.parse(row.payload) as { completedAt: string };
		console.info(`Parked ${Math.round((Date.parse(row.failedAt) - Date.parse(completedAt)) / 1000)} s after it was completed`);
		await until('the unit behind it', async () => (await states())[4] === 'done', { timeoutMs: 60_000 });
	});
});
