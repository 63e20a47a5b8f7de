import { type SandboxProcess, startSandboxProcess } from '../kit/sandbox.mts';
import { type CompletionRow, SseReader, ask, cancel, eventually, operationId, rows, save } from './client.mts';

interface OrderRow {
	id: string;
	externalOrderId: string;
	operationName: string;
	orderIndex: number;
	state: string;
	parentOrderId: string | null;
	producedSerial: string | null;
}

let sandbox: SandboxProcess;
let pump: string;

const orders = async () => (await sandbox.control<{ orders: OrderRow[] }>('GET', 'state')).orders;
const names = (list: OrderRow[]) => list.map((order) => order.operationName);
const completions = () =>
	rows<CompletionRow>(
		sandbox,
		'{ operationOrderCompletes { externalOrderId orderIndex at operation { id externalId } operationSummary { startedAt cycleTime consumedSerials { id externalId value } } endState { producedSerial } } }',
	);
const message = async (answer: ReturnType<typeof ask>) => {
	const { body } = await answer;
	return body.errors?.[0].message ?? (Object.values(body.data ?? {})[0] as { message: string }).message;
};

beforeAll(async () => {
	sandbox = await startSandboxProcess();
	pump = await operationId(sandbox, 'PUMP-100');
});
afterAll(() => sandbox.close());
beforeEach(async () => {
	await sandbox.control('POST', 'reset');
});

describe('saving', () => {
	it('creates one order per (operation, order id, index) and answers "updated" for a key that exists', async () => {
		expect(await message(save(sandbox, pump, 'SO-1'))).toBe('created');
		expect(await message(save(sandbox, pump, 'SO-1', 0))).toBe('updated');
		expect(await message(save(sandbox, pump, 'SO-1', 1))).toBe('created');
		expect(await message(save(sandbox, await operationId(sandbox, 'PUMP-101'), 'SO-1'))).toBe('created');
		expect((await orders()).filter((order) => !order.parentOrderId)).toHaveLength(3);
	});

	it.each([
		['error', /already exists/],
		['created', /^created$/],
	])('answers an existing key by the switch saveExisting=%s without making a second order', async (mode, expected) => {
		await sandbox.control('POST', 'switches', { saveExisting: mode });
		await save(sandbox, pump, 'SO-1');
		expect(await message(save(sandbox, pump, 'SO-1'))).toMatch(expected);
		expect((await orders()).filter((order) => !order.parentOrderId)).toHaveLength(1);
	});

	it('refuses an unknown or archived operation, a negative index and a missing order id where several processes follow', async () => {
		const { operations } = await sandbox.control<{ operations: Array<{ id: string; archivedAt: string | null }> }>(
			'GET',
			'state',
		);
		const archived = operations.find((row) => row.archivedAt)?.id ?? '';
		expect(await message(save(sandbox, 'op-nope', 'SO-1'))).toBe('operation not found: op-nope');
		expect(await message(save(sandbox, archived, 'SO-1'))).toMatch(/archived/);
		expect(await message(save(sandbox, pump, 'SO-1', -1))).toMatch(/negative/);
		expect(await message(save(sandbox, pump, undefined))).toMatch(/externalOrderId is required/);
		expect(await orders()).toHaveLength(0);
	});

	it('takes a single process without an order id, and then every save is a new order', async () => {
		const leakTest = await operationId(sandbox, 'PROC-050', 'A');
		expect(await message(save(sandbox, leakTest, undefined))).toBe('created');
		expect(await message(save(sandbox, leakTest, undefined))).toBe('created');
		expect(await orders()).toHaveLength(2);
	});

	it('includes an optional child only when it is selected, and refuses a stranger', async () => {
		const engrave = await operationId(sandbox, 'PROC-060', 'A');
		const saveWith = (order: string, child: string) =>
			message(
				ask(
					sandbox,
					'mutation ($id: ID!, $order: String, $child: ID!) { operationOrderSave(input: { operationId: $id, externalOrderId: $order, selectOptionalOperationIds: [$child] }) { message } }',
					{ id: pump, order, child },
				),
			);
		expect(await saveWith('WITH', engrave)).toBe('created');
		await save(sandbox, pump, 'WITHOUT');
		await sandbox.control('POST', 'orders/run');
		const engraved = (await orders()).filter((order) => order.operationName === 'Engrave customer plate');
		expect(engraved.map((order) => order.externalOrderId)).toEqual(['WITH']);
		expect(await saveWith('SO-3', 'op-stranger')).toMatch(/not a child operation/);
	});

	it('takes the fields for reserved serials only with the switch extraSaveFields, and returns them on the completion', async () => {
		const document =
			'mutation ($id: ID!) { operationOrderSave(input: { operationId: $id, externalOrderId: "SO-1", reservedSerialNumber: "R-7", secondaryExternalOrderId: "LINE-2" }) { message } }';
		expect(await message(ask(sandbox, document, { id: pump }))).toMatch(/reservedSerialNumber/);
		await sandbox.control('POST', 'switches', { extraSaveFields: true });
		expect(await message(ask(sandbox, document, { id: pump }))).toBe('created');
		await sandbox.control('POST', 'orders/run');
		const [done] = await rows(
			sandbox,
			'{ operationOrderCompletes { reservedSerialNumber secondaryExternalOrderId endState { producedSerial } } }',
		);
		expect(done).toEqual({
			reservedSerialNumber: 'R-7',
			secondaryExternalOrderId: 'LINE-2',
			endState: { producedSerial: 'R-7' },
		});
	});
});

describe('cancelling', () => {
	it('cancels what is not started and lets the key be ordered again', async () => {
		await save(sandbox, pump, 'SO-1');
		expect(await message(cancel(sandbox, { operationId: pump, externalOrderId: 'SO-1' }))).toBe('canceled');
		expect((await orders()).every((order) => order.state === 'cancelled')).toBe(true);
		expect(await message(save(sandbox, pump, 'SO-1'))).toBe('created');
	});

	it('refuses unknown, started, completed and already cancelled orders in words that tell them apart', async () => {
		const cancelled = (externalOrderId: string) => message(cancel(sandbox, { operationId: pump, externalOrderId }));
		for (const order of ['STARTED', 'DONE', 'GONE']) await save(sandbox, pump, order);
		await sandbox.control('POST', 'orders/start', { externalOrderId: 'STARTED' });
		await sandbox.control('POST', 'orders/complete', { externalOrderId: 'DONE' });
		await cancelled('GONE');
		expect(await cancelled('NEVER')).toMatch(/not found/);
		expect(await cancelled('STARTED')).toMatch(/already been started/);
		expect(await cancelled('DONE')).toMatch(/already been started/);
		expect(await cancelled('GONE')).toMatch(/already cancelled/);
	});

	it('counts an order as started as soon as one of its child orders is', async () => {
		await save(sandbox, pump, 'SO-1');
		await sandbox.control('POST', 'orders/start', { externalOrderId: 'SO-1', partNumber: 'PROC-010' });
		expect(await message(cancel(sandbox, { operationId: pump, externalOrderId: 'SO-1' }))).toMatch(/started/);
	});

	it('cancels one index, or with cancelAll every index that is not started', async () => {
		for (const index of [0, 1, 2]) await save(sandbox, pump, 'SO-1', index);
		await cancel(sandbox, { operationId: pump, externalOrderId: 'SO-1', orderIndex: 1 });
		const state = async () => (await orders()).filter((order) => !order.parentOrderId).map((order) => order.state);
		expect(await state()).toEqual(['released', 'cancelled', 'released']);
		await sandbox.control('POST', 'orders/start', { externalOrderId: 'SO-1', orderIndex: 2 });
		await cancel(sandbox, { operationId: pump, externalOrderId: 'SO-1', cancelAll: true });
		expect(await state()).toEqual(['cancelled', 'cancelled', 'inProgress']);
	});
});

describe('the waterfall', () => {
	const finish = (partNumber: string, externalOrderId = 'SO-1') =>
		sandbox.control('POST', 'orders/complete', { externalOrderId, partNumber });

	it('opens parallel children together and later ones only when all of the step before are complete', async () => {
		await save(sandbox, pump, 'SO-1');
		const first = [
			'Coolant Pump 230 V',
			'Motor Assembly',
			'Press bearings',
			'Wind and test stator',
			'Pump Housing',
			'Fit impeller',
		];
		expect(names(await orders()).sort()).toEqual([...first].sort());
		await finish('PROC-010');
		expect(names(await orders())).not.toContain('Close motor housing');
		await finish('PROC-020');
		expect(names(await orders())).toContain('Close motor housing');
		await finish('MOTOR-110');
		expect(names(await orders())).not.toContain('Final assembly');
		await finish('PROC-030');
		expect(names(await orders())).toContain('Final assembly');
	});

	it('completes the ordered product by itself when its last child completes, with one event', async () => {
		await save(sandbox, pump, 'SO-1');
		for (const part of ['MOTOR-110', 'HOUSING-120', 'PROC-040', 'PROC-050']) await finish(part);
		expect(await completions()).toHaveLength(0);
		const pack = (await orders()).find((order) => order.operationName === 'Pack and label');
		await sandbox.control('POST', 'orders/complete', { id: pack?.id });
		expect((await completions()).map((row) => row.operation.externalId)).toEqual(['PUMP-100']);
		expect((await orders()).every((order) => order.state === 'completed')).toBe(true);
	});

	it('hands the serial of a built subassembly on as a consumed serial of the product', async () => {
		await save(sandbox, pump, 'SO-1');
		await sandbox.control('POST', 'orders/run');
		const [done] = await completions();
		const motor = (await orders()).find((order) => order.operationName === 'Motor Assembly');
		const consumed = done.operationSummary.consumedSerials.find((serial) => serial.externalId === 'MOTOR-110');
		expect(consumed?.value).toBe(motor?.producedSerial);
	});

	it('sends child completions only with the switch emitChildCompletions, with the root last', async () => {
		await sandbox.control('POST', 'switches', { emitChildCompletions: true });
		await save(sandbox, pump, 'SO-1');
		await sandbox.control('POST', 'orders/run');
		const done = await completions();
		expect(done).toHaveLength(10);
		expect(done.at(-1)?.operation.externalId).toBe('PUMP-100');
	});

	it('builds by the structure at the time of the order, and survives a cycle and an unknown child', async () => {
		await save(sandbox, pump, 'OLD');
		await sandbox.control('POST', 'structure/change', { parentPartNumber: 'MOTOR-110', childPartNumber: 'PUMP-100' });
		await sandbox.control('POST', 'structure/change', { parentPartNumber: 'PUMP-100', childId: 'op-gone' });
		await sandbox.control('POST', 'structure/change', { parentPartNumber: 'PUMP-100', childPartNumber: 'PROC-010' });
		await save(sandbox, pump, 'NEW');
		await sandbox.control('POST', 'orders/run');
		const built = (id: string) => orders().then((all) => all.filter((order) => order.externalOrderId === id).length);
		expect([await built('OLD'), await built('NEW')]).toEqual([10, 11]);
	});
});

describe('completing', () => {
	it('reports the given serials, the right attribute ids and a cycle time in days', async () => {
		await save(sandbox, pump, 'SO-1');
		await sandbox.control('POST', 'orders/complete', {
			externalOrderId: 'SO-1',
			producedSerial: 'P-1',
			consumedSerials: [{ externalId: 'MOTOR-110', value: 'M-5' }],
		});
		const [done] = await completions();
		const [operation] = await rows<{ consumedSerials: Array<{ id: string; externalId: string }> }>(
			sandbox,
			'query ($id: ID) { operations(where: { id: { _eq: $id } }) { consumedSerials { id externalId } } }',
			{ id: pump },
		);
		const expected = operation.consumedSerials.find((attribute) => attribute.externalId === 'MOTOR-110');
		expect(done.endState.producedSerial).toBe('P-1');
		expect(done.operationSummary.consumedSerials).toEqual([
			{ id: expected?.id, externalId: 'MOTOR-110', value: 'M-5' },
		]);
		const seconds = (Date.parse(done.at) - Date.parse(done.operationSummary.startedAt)) / 1000;
		expect(done.operationSummary.cycleTime).toBeCloseTo(seconds / 86_400, 6);
	});

	it('captures nothing when told so', async () => {
		await save(sandbox, pump, 'SO-1');
		await sandbox.control('POST', 'orders/complete', {
			externalOrderId: 'SO-1',
			producedSerial: null,
			consumedSerials: [],
		});
		const [done] = await completions();
		expect([done.endState.producedSerial, done.operationSummary.consumedSerials]).toEqual([null, []]);
	});

	it('sends a correction with a later time when a completed order is completed again', async () => {
		await save(sandbox, pump, 'SO-1');
		await sandbox.control('POST', 'orders/complete', { externalOrderId: 'SO-1', producedSerial: 'P-1' });
		await sandbox.control('POST', 'clock', { advanceMs: 60_000 });
		await sandbox.control('POST', 'orders/complete', { externalOrderId: 'SO-1', producedSerial: 'P-2' });
		const done = await completions();
		expect(done.map((row) => row.endState.producedSerial)).toEqual(['P-1', 'P-2']);
		expect(Date.parse(done[1].at)).toBeGreaterThan(Date.parse(done[0].at) + 59_000);
		expect(done[1].operationSummary.consumedSerials).toEqual(done[0].operationSummary.consumedSerials);
	});

	it('refuses a cancelled or unknown order and an order id that stands for two products', async () => {
		await save(sandbox, pump, 'SO-1');
		await cancel(sandbox, { operationId: pump, externalOrderId: 'SO-1' });
		const complete = (body: object) => sandbox.control('POST', 'orders/complete', body);
		await expect(complete({ externalOrderId: 'SO-1' })).rejects.toThrow(/cancelled/);
		await expect(complete({ externalOrderId: 'SO-9' })).rejects.toThrow(/no such order/);
		await save(sandbox, pump, 'SO-2');
		await save(sandbox, await operationId(sandbox, 'PUMP-101'), 'SO-2');
		await expect(complete({ externalOrderId: 'SO-2' })).rejects.toThrow(/several operations/);
		await expect(complete({ externalOrderId: 'SO-2', partNumber: 'PUMP-101' })).resolves.toMatchObject({
			state: 'completed',
		});
	});
});

describe('profile legacy', () => {
	beforeEach(async () => {
		await sandbox.control('POST', 'reset', { profile: 'legacy', switches: { emitChildCompletions: true } });
	});

	it('orders by operationIndex, and picking from a parallel group leaves its other members out', async () => {
		const motor = await operationId(sandbox, 'MOTOR-110', 'C');
		const press = await operationId(sandbox, 'PROC-010', 'A');
		const answer = ask(
			sandbox,
			'mutation ($id: ID!, $child: ID!) { operationOrderSave(input: { operationId: $id, externalOrderId: "M-1", operationIndex: 3, selectGroupOperations: [$child] }) { message } }',
			{ id: motor, child: press },
		);
		expect(await message(answer)).toBe('created');
		await sandbox.control('POST', 'orders/run');
		const all = await orders();
		expect(names(all)).toEqual(['Motor Assembly', 'Press bearings', 'Close motor housing']);
		expect(all[0].orderIndex).toBe(3);
	});

	it('marks child completions as wip and has time, station and operator in the end state', async () => {
		const stream = await SseReader.open<{ wip: boolean; operationSummary: { endState: Record<string, unknown> } }>(
			sandbox,
			'subscription { operationOrderCompletesStream { wip operationSummary { endState { producedSerial at station { name } operator { name } } } } }',
		);
		const valve = await operationId(sandbox, 'VALVE-200', 'A');
		await ask(
			sandbox,
			`mutation { operationOrderSave(input: { operationId: "${valve}", externalOrderId: "V-1" }) { message } }`,
		);
		await sandbox.control('POST', 'orders/run');
		const done = await stream.take(3);
		stream.close();
		expect(done.map((row) => row.wip)).toEqual([true, true, false]);
		expect(done[2].operationSummary.endState).toMatchObject({
			at: expect.any(String),
			station: { name: 'Assembly 1' },
		});
		await eventually(async () => {
			const { streams } = await sandbox.control<{ streams: unknown[] }>('GET', 'state');
			return streams.length === 0 ? true : undefined;
		});
	});
});

it('takes an order from the shop floor like one from the API', async () => {
	await sandbox.control('POST', 'orders/save', { partNumber: 'PUMP-100', externalOrderId: 'DEMO-1' });
	expect(await message(save(sandbox, pump, 'DEMO-1'))).toBe('updated');
	await expect(
		sandbox.control('POST', 'orders/save', { partNumber: 'VALVE-200', externalOrderId: 'X' }),
	).rejects.toThrow(/ambiguous/);
});
