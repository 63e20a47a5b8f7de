import { usePicoAndHost } from './fixture.mts';

const pico = usePicoAndHost();

const soon = () => new Date().toISOString();
const completion = (orderId: string, consumed: object[] = []) => ({
	externalOrderId: orderId,
	orderIndex: 0,
	at: soon(),
	operation: { id: 'op-1', externalId: 'PUMP', name: 'Pump' },
	operationSummary: { startedAt: soon(), cycleTime: 0.01, consumedSerials: consumed },
	endState: { producedSerial: `SN-${orderId}` },
});
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
/** As text, since `JSON.stringify` fails on such a depth. */
const deepNote = (id: string) =>
	`{"id":"${id}","eventType":"CREATED","seq":"1","at":"${soon()}","text":"deep","externalId":null,"images":[],"metadata":${deep(6_000)}}`;

test('a row that cannot be used is one failed run that holds it, however often it comes; what follows is delivered', async () => {
	pico.host.parameters = { event: 'noteSaved' };
	await pico.host.activate();
	const hostile = deepNote('NOTE-DEEP');
	for (let call = 0; call < 3; call++) expect((await pico.host.call(hostile)).status).toBe(200);
	await pico.post('notes/add', { text: 'after' });
	await pico.runs(1);
	expect(pico.host.items).toMatchObject([{ text: 'after' }]);
	expect(pico.host.failed).toHaveLength(1);
	expect(pico.host.failed[0]).toMatchObject({
		message: expect.stringContaining('nested too deeply') as string,
		description: expect.stringContaining('NOTE-DEEP') as string,
	});
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])('a part number %s is a part number', async (name) => {
	await pico.host.activate();
	expect((await pico.host.call(completion('A', [{ id: name, externalId: name, value: 'LOT-1' }]))).status).toBe(200);
	expect((await pico.host.call(completion('B'))).status).toBe(200);
	const orders = [...pico.host.items.map(({ orderId }) => orderId), ...pico.host.failed.map(({ message }) => message)];
	expect(orders).toHaveLength(2);
	expect(pico.host.items.at(-1)).toMatchObject({ orderId: 'B' });
});

test.each(['application/json; charset=utf-8', 'application/vnd.pico+json', 'application/graphql-response+json', 'application/octet-stream', 'text/plain', ''])(
	'a body as %j is read',
	async (type) => {
		await pico.host.activate();
		const answer = await pico.host.call(completion('A'), { 'x-pico-webhook-secret': pico.host.secret, 'content-type': type });
		expect(answer).toMatchObject({ status: 200 });
		expect(pico.host.items).toMatchObject([{ orderId: 'A' }]);
	},
);
