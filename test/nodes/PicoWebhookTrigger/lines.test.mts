import { usePicoAndHost } from './fixture.mts';

const pico = usePicoAndHost();

const numbered = (number: number, count: number) => ({
	line: expect.objectContaining({ number, count }) as object,
	delivery: expect.objectContaining({ replayed: false }) as object,
});
const PER_SERIAL = { options: { itemPer: 'consumedSerial' } };
const CONSUMED = [
	{ id: 'attr-motor', externalId: 'MOTOR-20', value: 'MOT-1' },
	{ id: 'attr-seal', externalId: 'SEAL-9', value: 'LOT-7' },
];
const completion = (orderId: string, consumedSerials: object[] = CONSUMED) => ({
	externalOrderId: orderId,
	orderIndex: 0,
	at: new Date().toISOString(),
	operation: { id: 'op-1', externalId: 'PUMP', name: 'Pump' },
	operationSummary: { startedAt: '2026-01-05T09:00:00.000Z', cycleTime: 0.01, consumedSerials },
	endState: { producedSerial: `SN-${orderId}` },
});

test('one run for each call, with one item for each consumed serial', async () => {
	pico.host.parameters = PER_SERIAL;
	await pico.host.activate();
	await pico.host.call(completion('A'));
	await pico.host.call(completion('B', []));
	expect(pico.host.runs).toEqual([
		[
			expect.objectContaining({ orderId: 'A', producedSerial: 'SN-A', consumedSerial: 'MOT-1', ...numbered(1, 2) }),
			expect.objectContaining({ orderId: 'A', producedSerial: 'SN-A', consumedSerial: 'LOT-7', ...numbered(2, 2) }),
		],
		[expect.objectContaining({ orderId: 'B', producedSerial: 'SN-B', consumedSerial: null, ...numbered(1, 1) })],
	]);
});

test('gives a completion that was missed the line ids that a call would have given it', async () => {
	pico.host.parameters = PER_SERIAL;
	await pico.host.activate();
	const before = structuredClone(pico.host.staticData);
	await pico.complete(1, 'A');
	await pico.runs(1);
	const delivered = pico.host.items.map(({ line }) => (line as { id: string }).id);
	expect(delivered.length).toBeGreaterThan(1);
	await pico.host.deactivate();
	await pico.host.restart();
	// With the position from before it, the completion is one that was missed.
	pico.host.staticData = before;
	pico.host.runs.length = 0;
	await pico.host.activate();
	await pico.host.call({ ...completion('B'), at: new Date(Date.now() + 1_000).toISOString() });
	const again = pico.host.items.filter(({ orderId }) => orderId === 'A-1');
	expect(again.every(({ delivery }) => (delivery as { replayed: boolean }).replayed)).toBe(true);
	expect(again.map(({ line }) => (line as { id: string }).id)).toEqual(delivered);
});

test('changing the option neither registers the webhook anew nor repeats a completion', async () => {
	await pico.host.activate();
	const event = completion('A');
	await pico.host.call(event);
	const { secret } = pico.host;
	const [registered] = await pico.webhooks();
	await pico.host.restart();
	pico.host.parameters = PER_SERIAL;
	await pico.host.activate();
	expect(pico.host.secret).toBe(secret);
	expect(await pico.webhooks()).toEqual([expect.objectContaining({ subscriptionId: registered.subscriptionId })]);
	expect((await pico.host.call(event)).body.message).toBe('Already delivered');
	expect(pico.host.runs).toHaveLength(1);
});

test('a test run shows the lines of the completion that came in', async () => {
	pico.host.parameters = PER_SERIAL;
	const test = await pico.host.listenForTest();
	await pico.complete(1, 'A');
	const items = await test.items;
	expect(items.length).toBeGreaterThan(1);
	expect(items.map(({ line }) => (line as { number: number }).number)).toEqual(items.map((_, index) => index + 1));
	await test.stop();
});
