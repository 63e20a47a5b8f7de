import type { IDataObject } from 'n8n-workflow';

import { until } from '../../kit/until.mts';
import { orderIds, usePicoAndHost } from './fixture.mts';

const pico = usePicoAndHost();

const COMPLETION = {
	externalOrderId: 'MO-1',
	orderIndex: 0,
	at: '2026-01-05T10:00:00.000Z',
	operation: { id: 'op-1', externalId: 'PUMP', name: 'Pump' },
	operationSummary: { startedAt: '2026-01-05T09:00:00.000Z', cycleTime: 0.01, consumedSerials: [] },
	endState: { producedSerial: 'P-1' },
};
const now = () => new Date().toISOString();

test('starts one run for each call of Pico, and stores the position', async () => {
	await pico.host.activate();
	await pico.complete(3, 'A');
	await pico.runs(3);
	expect(pico.host.runs.map((items) => items.length)).toEqual([1, 1, 1]);
	expect(new Set(pico.host.items.map(({ eventId }) => eventId)).size).toBe(3);
	expect(pico.host.items[0]).toMatchObject({ delivery: { replayed: false, attempt: 1, correction: false } });
	await until('the last position', () => pico.host.progress.cursor === pico.host.items[2].completedAt);
});

test.each([
	['operationChanged', async () => await pico.post('operations/deploy', { partNumber: 'FAN-1', name: 'Fan' }), { partNumber: 'FAN-1' }],
	[
		'structureChanged',
		async () => {
			for (const partNumber of ['FAN-2', 'BLADE-2']) await pico.post('operations/deploy', { partNumber, name: partNumber });
			await pico.post('structure/change', { parentPartNumber: 'FAN-2', childPartNumber: 'BLADE-2' });
		},
		{ childIndex: 0 },
	],
	['noteSaved', async () => await pico.post('notes/add', { text: 'Scratch' }), { text: 'Scratch' }],
	['orderCompleted', async () => await pico.complete(1, 'A'), { orderIndex: 0 }],
])('delivers the event %s', async (event, happen, expected) => {
	pico.host.parameters = { event };
	await pico.host.activate();
	await happen();
	await pico.runs(1);
	expect(pico.host.items[0]).toMatchObject({ ...expected, delivery: { replayed: false } });
});

test.each(['legacy', 'mixed'])('serves a Pico of the %s version, with and without introspection', async (profile) => {
	for (const introspection of ['on', 'off']) {
		await pico.reset({ profile, introspection });
		await pico.host.restart();
		pico.host.runs.length = 0;
		pico.host.staticData = {};
		await pico.host.activate();
		await pico.complete(2, 'A');
		await pico.runs(2);
		pico.host.down = true;
		await pico.complete(2, 'B');
		await pico.delivered(4);
		pico.host.down = false;
		await pico.complete(1, 'C');
		await pico.runs(3);
		expect(orderIds(pico.host.items)).toEqual(['A', 'A', 'B', 'B', 'C']);
	}
});

describe('what is no call of Pico', () => {
	test.each([
		['a wrong secret', { 'x-pico-webhook-secret': 'x'.repeat(43) }],
		['no secret', {}],
	])('%s is refused with 401 and starts nothing', async (_, headers) => {
		await pico.host.activate();
		const { status, body } = await pico.host.call(COMPLETION, headers as Record<string, string>);
		expect(status).toBe(401);
		expect(body.message).toContain('secret');
		expect(pico.host.runs).toEqual([]);
	});

	test.each([
		['a row of another kind', { id: 'op-1', updatedAt: now() }],
		['an empty object', {}],
		['an empty list', []],
		['a number', 5],
		['a list of texts', ['a']],
	])('%s is refused with 400 and starts nothing', async (_, body) => {
		await pico.host.activate();
		const answer = await pico.host.call(body);
		expect(answer.status).toBe(400);
		expect(String(answer.body.message)).toMatch(/event/);
		expect(pico.host.runs).toEqual([]);
	});
});

test('takes a list of events as well', async () => {
	await pico.host.activate();
	const events = [COMPLETION, { ...COMPLETION, orderIndex: 1 }].map((event) => ({ ...event, at: now() }));
	expect((await pico.host.call(events)).status).toBe(200);
	expect(pico.host.items.map(({ orderIndex }) => orderIndex)).toEqual([0, 1]);
});

test('the same event a second time starts nothing, also while the first call is under way and after a restart', async () => {
	await pico.host.activate();
	pico.host.runDelayMs = 100;
	const event = { ...COMPLETION, at: now() };
	const statuses = await Promise.all([pico.host.call(event), pico.host.call(event)]);
	expect(statuses.map(({ status }) => status)).toEqual([200, 200]);
	expect((await pico.host.call(event)).body.message).toBe('Already delivered');
	await pico.host.restart();
	expect((await pico.host.call(event)).body.message).toBe('Already delivered');
	expect(pico.host.runs).toHaveLength(1);
});

test('starts nothing twice when Pico delivers everything twice', async () => {
	await pico.reset({ duplicateRate: 1 });
	await pico.host.activate();
	await pico.complete(5, 'A');
	await pico.delivered(10);
	expect(pico.host.runs).toHaveLength(5);
});

test('fetches what happened while Pico could not reach the address: one run, in order, marked as replayed', async () => {
	await pico.host.activate();
	await pico.complete(1, 'A');
	await pico.runs(1);
	pico.host.down = true;
	await pico.complete(3, 'LOST');
	await pico.delivered(4);
	pico.host.down = false;
	await pico.complete(1, 'B');
	await pico.runs(2);
	expect(orderIds(pico.host.runs[1])).toEqual(['LOST', 'LOST', 'LOST', 'B']);
	expect(pico.host.runs[1].map(({ delivery }) => (delivery as { replayed: boolean }).replayed)).toEqual([true, true, true, false]);
	expect(pico.host.logs.join('\n')).toContain('Fetched 3 missed event(s)');
});

test('fetches what happened while Pico itself did not listen for the webhook', async () => {
	await pico.reset({ webhookReconnectMs: 200 });
	await pico.host.activate();
	await pico.post('streams/cut');
	await pico.complete(2, 'LOST');
	await until('Pico listening again', async () => !(await pico.state()).webhooks.some((webhook) => 'down' in webhook && webhook.down));
	await pico.complete(1, 'SEEN');
	await pico.runs(1);
	expect(orderIds(pico.host.items)).toEqual(['LOST', 'LOST', 'SEEN']);
});

test('an activation fetches what happened while the workflow was not active, without waiting for an event', async () => {
	await pico.host.activate();
	await pico.complete(1, 'A');
	await pico.runs(1);
	await pico.host.deactivate();
	await pico.complete(2, 'NIGHT');
	await pico.host.activate();
	await pico.runs(2);
	expect(orderIds(pico.host.items)).toEqual(['A', 'NIGHT', 'NIGHT']);
	await pico.complete(1, 'B');
	await pico.runs(3);
	expect(pico.host.items).toHaveLength(4);
});

test('the first activation begins with new events', async () => {
	await pico.complete(3, 'OLD');
	await pico.host.activate();
	await pico.complete(1, 'NEW');
	await pico.runs(1);
	expect(orderIds(pico.host.items).filter((id) => id === 'NEW')).toHaveLength(1);
});

test('a run that n8n could not start leaves the position, and the next call brings the event again', async () => {
	await pico.host.activate();
	pico.host.runsFail = true;
	await pico.complete(1, 'A');
	await pico.delivered(1);
	expect(pico.host.runs).toEqual([]);
	pico.host.runsFail = false;
	await pico.complete(1, 'B');
	await pico.runs(1);
	expect(orderIds(pico.host.items)).toEqual(['A', 'B']);
});

test('the position survives a restart and a new name of the node', async () => {
	await pico.host.activate();
	await pico.complete(2, 'A');
	await pico.runs(2);
	await pico.host.restart();
	await pico.host.deactivate();
	pico.host.nodeName = 'Completions';
	pico.host.down = true;
	await pico.complete(1, 'LOST');
	pico.host.down = false;
	await pico.host.activate();
	await pico.complete(1, 'B');
	await until('all', () => pico.host.items.length >= 4);
	expect(orderIds(pico.host.items)).toEqual(['A', 'A', 'LOST', 'B']);
});

test('an older copy of the stored data, put back by some other run, repeats nothing', async () => {
	await pico.host.activate();
	const old = JSON.stringify(pico.host.staticData);
	await pico.complete(3, 'A');
	await pico.runs(3);
	pico.host.staticData = JSON.parse(old) as IDataObject;
	await pico.complete(1, 'B');
	await pico.runs(4);
	expect(orderIds(pico.host.items)).toEqual(['A', 'A', 'A', 'B']);
});

test('while n8n cannot ask Pico, an event goes ahead; what was missed follows, and nothing comes twice', async () => {
	await pico.host.activate();
	await pico.complete(1, 'A');
	await pico.runs(1);
	pico.host.down = true;
	await pico.complete(1, 'LOST');
	await pico.delivered(2);
	pico.host.down = false;
	await pico.post('switches', { burst503: 100_000 });
	await pico.complete(1, 'AHEAD');
	await pico.runs(2);
	await pico.post('switches', { burst503: 0 });
	await pico.complete(1, 'B');
	await until('all', () => pico.host.items.length >= 4);
	await pico.complete(1, 'C');
	await until('the last', () => pico.host.items.length >= 5);
	expect(orderIds(pico.host.items)).toEqual(['A', 'AHEAD', 'LOST', 'B', 'C']);
});

test('a backlog larger than one run goes on by itself, in order, behind an event that Pico just sent', async () => {
	await pico.host.activate();
	await pico.host.deactivate();
	await pico.complete(1_300, 'LOST');
	await pico.host.activate();
	// After all of them, which lie a millisecond apart.
	const later = new Date(Date.now() + 10_000).toISOString();
	await pico.post('completions/bulk', { count: 1, orderPrefix: 'B', startAt: later });
	await until('all', () => pico.host.items.length >= 1_301, 15_000);
	const times = pico.host.items.map(({ completedAt }) => String(completedAt));
	expect(times).toEqual([...times].sort());
	expect(pico.host.items).toHaveLength(1_301);
	expect(new Set(pico.host.items.map(({ eventId }) => eventId)).size).toBe(1_301);
	expect(Math.max(...pico.host.runs.map((items) => items.length))).toBe(500);
	expect(JSON.stringify(pico.host.staticData).length).toBeLessThan(32_768);
});

test('an update of a note that keeps its time is delivered although no stream shows it again', async () => {
	await pico.reset({ noteUpdates: 'same-seq' });
	pico.host.parameters = { event: 'noteSaved' };
	await pico.host.activate();
	await pico.post('notes/add', { text: 'Scratch', externalId: 'N-1' });
	await pico.runs(1);
	await pico.post('notes/update', { id: pico.host.items[0].noteId, text: 'Mended' });
	await pico.runs(2);
	expect(pico.host.items.map(({ text }) => text)).toEqual(['Scratch', 'Mended']);
});

test('delivers only chosen orders; what is left out starts nothing and hides no gap', async () => {
	pico.host.parameters = { options: { orderFilter: 'KEEP*' } };
	await pico.host.activate();
	pico.host.down = true;
	await pico.complete(1, 'KEEP');
	await pico.delivered(1);
	pico.host.down = false;
	await pico.complete(2, 'DROP');
	await pico.delivered(3);
	expect(pico.host.runs).toEqual([]);
	await pico.complete(1, 'KEEP');
	await pico.runs(1);
	expect(orderIds(pico.host.items)).toEqual(['KEEP', 'KEEP']);
});

test('attaches the structure of the product to a changed operation', async () => {
	pico.host.parameters = { event: 'operationChanged', options: { attachStructure: true } };
	await pico.host.activate();
	await pico.post('operations/deploy', { partNumber: 'FAN-3', name: 'Fan' });
	await pico.runs(1);
	expect(pico.host.items[0].structure).toMatchObject({ partNumber: 'FAN-3', steps: [] });
});

test('a Pico that is slow to answer delays neither the event nor its answer; the item says that the structure is missing', async () => {
	pico.host.parameters = { event: 'operationChanged', options: { attachStructure: true } };
	await pico.host.activate();
	const event = { id: 'op-1', externalId: 'FAN-4', externalRevision: 'A', name: 'Fan', variantName: null, updatedAt: now(), archivedAt: null };
	await pico.post('switches', { latencyMs: 30_000 });
	const before = Date.now();
	expect((await pico.host.call(event)).status).toBe(200);
	expect(Date.now() - before).toBeLessThan(7_000);
	expect(pico.host.items).toMatchObject([{ partNumber: 'FAN-4', structure: null, structureMissing: 'Pico did not answer in time' }]);
	await pico.post('switches', { latencyMs: 0 });
});

test('a Pico that hangs up before the answer holds up no later call, and its event is not lost', async () => {
	await pico.host.activate();
	await pico.post('switches', { latencyMs: 1_500 });
	const hungUp = pico.host.call({ ...COMPLETION, at: now() }, undefined, 300);
	await expect(hungUp).rejects.toThrow();
	await pico.post('switches', { latencyMs: 0 });
	const before = Date.now();
	await pico.host.call({ ...COMPLETION, orderIndex: 1, at: now() });
	expect(Date.now() - before).toBeLessThan(6_000);
	expect(pico.host.items.map(({ orderIndex }) => orderIndex)).toEqual([0, 1]);
});

test('begins with new events: what was completed shortly before it was published does not come with the first call', async () => {
	await pico.post('completions/bulk', { count: 2, orderPrefix: 'OLD', startAt: new Date(Date.now() - 60_000).toISOString() });
	await pico.host.activate();
	await pico.complete(2, 'A');
	await pico.runs(2);
	expect(orderIds(pico.host.items).filter((id) => id === 'OLD')).toEqual([]);
});
