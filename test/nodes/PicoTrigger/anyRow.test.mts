import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { orderCompleted, noteSaved } from '../../../nodes/shared/events/kinds/index.ts';
import type { EventKind, Row } from '../../../nodes/shared/events/types.ts';
import { anyJson, anyRowOf, nested, ODD_NAMES } from '../../kit/anyRow.mts';
import { PlainPico } from '../../kit/plainPico.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

jest.mock('../../../nodes/shared/delivery/pace.ts', () => {
	const { PACE } = jest.requireActual<{ PACE: Record<string, number> }>('../../../nodes/shared/delivery/pace.ts');
	return { PACE: { ...PACE, takenUp: 20, retryFirst: 20, slow: 100, reconnectFirst: 5, reconnectLongest: 20, quiet: 200, settle: 10 } };
});

let pico: PlainPico;
let host: TriggerHost;

beforeEach(async () => {
	pico = await PlainPico.start();
	// Times of rows that are later than those of the good ones are ahead of its clock.
	pico.date = () => START + 300_000;
});
afterEach(async () => {
	await host.deactivate();
	await pico.close();
});

const START = Date.UTC(2026, 0, 5);
const time = (index: number) => new Date(START + index * 1_000).toISOString();
const good = (kind: EventKind, index: number): Row =>
	kind === noteSaved ? { ...noteSaved.sample, id: `good-${index}`, at: time(index) } : { ...orderCompleted.sample, externalOrderId: `good-${index}`, at: time(index) };
const start = async (kind: EventKind, parameters: IDataObject = {}) => {
	host = new TriggerHost(pico.access, { event: kind.id, startFrom: 'earliest', ...parameters });
	await host.activate();
};
/** Good rows in the order of their runs; one may be several items. */
const goodOnes = () =>
	host.runs.flatMap(({ items }) => [...new Set(items.map((item) => String(item.orderId ?? item.noteId ?? item.externalOrderId ?? item.id)))]).filter((id) => id.startsWith('good-'));
const untilGood = async (index: number) => await until(`the good row ${index}`, () => goodOnes().includes(`good-${index}`), 30_000);
const inOrder = (count: number) => Array.from({ length: count }, (_, index) => `good-${index}`);

/** Each hostile row between two good ones, then one connection after the other. */
async function survives(kind: EventKind, hostile: readonly unknown[], parameters: IDataObject = {}) {
	const rows = hostile.flatMap((row, index) => [good(kind, index), row]);
	pico.rows(kind, [...rows, good(kind, hostile.length)]);
	await start(kind, parameters);
	await untilGood(hostile.length);
	for (let cut = 1; cut <= 3; cut++) {
		pico.cut();
		pico.rows(kind, [good(kind, hostile.length + cut)]);
		await untilGood(hostile.length + cut);
	}
	expect(goodOnes()).toEqual(inOrder(hostile.length + 4));
}
const shown = () => host.failedExecutions.map((error) => (error as { description?: string }).description ?? '');

const OUTPUTS = [{}, { output: 'raw' }, { options: { itemPer: 'consumedSerial' } }, { output: 'fields', fields: ['operationSummary'], options: { eventsPerRun: 20 } }];

test.each(OUTPUTS)('parts and orders called like parts of JavaScript are delivered like any other: %j', async (parameters) => {
	const hostile = ODD_NAMES.map((name, index) => ({
		...orderCompleted.sample,
		externalOrderId: `odd-${name}`,
		at: time(index),
		operation: { id: name, externalId: name, externalRevision: name, name },
		operationSummary: { consumedSerials: [{ id: name, externalId: name, value: name }, { id: name, externalId: name, value: `${name}2` }] },
		endState: { producedSerial: name },
		[name === '__proto__' ? 'x' : name]: { constructor: 'x' },
	}));
	await survives(orderCompleted, hostile, parameters);
	const orders = new Set(host.items.map((item) => String(item.orderId ?? item.externalOrderId)));
	expect(ODD_NAMES.filter((name) => !orders.has(`odd-${name}`))).toEqual([]);
	expect(host.failedExecutions).toEqual([]);
});

test('rows nested without end are each one failed execution that shows them, once', async () => {
	const hostile = [101, 150, 3_000, 6_000, 20_000].map((levels, index) => ({ ...noteSaved.sample, id: `deep-${levels}`, at: time(index), metadata: nested(levels) }));
	await survives(noteSaved, [...hostile, { ...noteSaved.sample, id: 'fine', at: time(5), metadata: nested(90) }]);
	expect(host.failedExecutions.map(({ message }) => message)).toEqual(hostile.map(() => 'An event from Pico is nested too deeply'));
	hostile.forEach(({ id }, index) => expect(shown()[index]).toContain(`"id": "${id}"`));
	expect(host.items.map(({ noteId }) => noteId)).toContain('fine');
});

test('entries that are no rows are each one failed execution that shows them, once', async () => {
	await survives(orderCompleted, ['text', 7, true, ['list'], 'constructor']);
	expect(host.failedExecutions.map(({ message }) => message)).toEqual(Array.from({ length: 5 }, () => 'Pico sent an event that is not an object'));
	for (const [index, text] of ['text', '7', 'true', 'list', 'constructor'].entries()) expect(shown()[index]).toContain(text);
});

test.each([orderCompleted, noteSaved].map((kind) => [kind.id, kind] as const))('between arbitrary rows (%s), every good one arrives, and nothing is told twice', async (_id, kind) => {
	const seed = fc.sample(fc.oneof(anyRowOf(kind), fc.dictionary(fc.string(), anyJson).map((row) => row as Row), anyJson), { numRuns: 100, seed: 11 });
	await survives(kind, seed, { options: { eventsPerRun: 3 } });
	const ids = host.items.map(({ eventId }) => String(eventId));
	expect(new Set(ids).size).toBe(ids.length);
	const told = shown().filter((text) => text.includes('This is what came:'));
	expect(new Set(told).size).toBe(told.length);
}, 60_000);
