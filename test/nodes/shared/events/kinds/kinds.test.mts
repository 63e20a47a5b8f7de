import { subscriptionDocument } from '../../../../../nodes/shared/api/documents/subscription.ts';
import { Dialect } from '../../../../../nodes/shared/api/dialect/dialect.ts';
import { eventId, subjectId } from '../../../../../nodes/shared/events/identity.ts';
import { EVENT_KINDS, eventKind } from '../../../../../nodes/shared/events/kinds/index.ts';
import { printSelection } from '../../../../../nodes/shared/events/selection.ts';
import { toNanos } from '../../../../../nodes/shared/events/timestamp.ts';

const each = test.each(EVENT_KINDS.map((kind) => [kind.id, kind] as const));
/** A server that told nothing of itself. */
const anyServer = new Dialect(undefined);

test('there are four kinds of events, in the order and under the names that people see', () => {
	expect(EVENT_KINDS.map(({ id, displayName }) => [id, displayName])).toEqual([
		['orderCompleted', 'Operation Order Completed'],
		['operationChanged', 'Operation Changed'],
		['structureChanged', 'Product Structure Changed'],
		['noteSaved', 'Note Created or Updated'],
	]);
	for (const { description } of EVENT_KINDS) expect(description).toMatch(/^An? \w+.* \w+$/);
});

test('a kind is found by its id, and any other name is refused by name', () => {
	for (const kind of EVENT_KINDS) expect(eventKind(kind.id)).toBe(kind);
	expect(() => eventKind('orderStarted')).toThrow(new RangeError("'orderStarted' is not an event this node knows"));
	expect(() => eventKind('')).toThrow(RangeError);
});

test('each kind listens to its own stream, from its own time on', () => {
	const documents = EVENT_KINDS.map((kind) => subscriptionDocument(kind, anyServer, { cursor: 'T' }));
	expect(documents.map((document) => document.slice(0, document.indexOf(')') + 1))).toEqual([
		'subscription { operationOrderCompletesStream(cursor: { initialValue: { at: "T" }, ordering: ASC })',
		'subscription { operationsStream(cursor: { initialValue: { updatedAt: "T" }, ordering: ASC })',
		'subscription { subOperationsStream(cursor: { initialValue: { updatedAt: "T" }, ordering: ASC })',
		'subscription { noteEventsStream(cursor: { initialValue: { at: "T" }, ordering: ASC })',
	]);
});

test('each kind asks Pico for all that its output shows', () => {
	const selections = EVENT_KINDS.map(({ typeName, selection }) => [typeName, printSelection(typeName, selection, () => undefined)]);
	expect(selections).toEqual([
		[
			'OperationOrderComplete',
			'{ externalOrderId orderIndex at operation { id externalId externalRevision name } ' +
				'operationSummary { startedAt cycleTime consumedSerials { id externalId value } } ' +
				'endState { producedSerial } reservedSerialNumber secondaryExternalOrderId }',
		],
		['Operation', '{ id externalId externalRevision name templateID variantName consumedSerials { id name externalId } updatedAt archivedAt }'],
		['SubOperation', '{ parentId childId childIndex updatedAt }'],
		['NoteEvent', '{ seq at id externalId text metadata images eventType type { id name } state { operator { name } station { name } } }'],
	]);
});

test('each kind finds the types of its inner objects, so that an older server is asked for what it has', () => {
	const asked = new Set<string>();
	for (const { typeName, selection } of EVENT_KINDS) {
		for (const isOld of [false, true]) {
			printSelection(typeName, selection, (type, field) => {
				asked.add(`${type}.${field}`);
				return isOld && type === 'OperationOrderComplete' && field === 'at' ? false : undefined;
			});
		}
	}
	const inner = [...asked].filter((name) => !EVENT_KINDS.some(({ typeName }) => typeName !== 'Operation' && name.startsWith(`${typeName}.`)));
	expect(new Set(inner.map((name) => name.split('.')[0]))).toEqual(
		new Set(['Operation', 'OperationSummary', 'ConsumedSerial', 'State', 'Attribute', 'NoteType', 'NoteState', 'Operator', 'Station']),
	);
});

test('an older server is asked for completion time and serial where it keeps them', () => {
	const { typeName, selection } = eventKind('orderCompleted');
	const old = (type: string, field: string) => `${type}.${field}` !== 'OperationOrderComplete.at';
	expect(printSelection(typeName, selection, old)).toBe(
		'{ externalOrderId orderIndex operation { id externalId externalRevision name } ' +
			'operationSummary { startedAt cycleTime consumedSerials { id externalId value } endState { producedSerial at } } ' +
			'endState { producedSerial } reservedSerialNumber secondaryExternalOrderId wip }',
	);
});

test('an older server is asked for steps under their old names', () => {
	const { typeName, selection } = eventKind('structureChanged');
	const old = (type: string, field: string) => field !== 'childId' && field !== 'childIndex';
	expect(printSelection(typeName, selection, old)).toBe('{ parentId childId: subId childIndex: subGroup updatedAt }');
});

test('whatever fields a user chooses, those that identify the event come along', () => {
	const kept = EVENT_KINDS.map((kind) => printSelection(kind.typeName, kind.selection, () => undefined, new Set(kind.identityFields)));
	expect(kept).toEqual([
		'{ externalOrderId orderIndex at operation { id externalId externalRevision name } ' +
			'operationSummary { startedAt cycleTime consumedSerials { id externalId value } } endState { producedSerial } }',
		'{ id externalId externalRevision variantName updatedAt }',
		'{ parentId childId childIndex updatedAt }',
		'{ seq at id externalId text metadata images eventType }',
	]);
});

each('%s: the sample holds what is asked for, and reads as a real event', (_id, kind) => {
	const row = kind.normalise(kind.sample);
	expect(row).toEqual(kind.sample);
	expect(toNanos(row[kind.cursorField])).toBeDefined();
	const shown = Object.values(kind.simplify(row));
	// A person who tests a workflow on the sample has to see that it is none of the plant.
	expect(JSON.stringify(shown)).toContain('sample-');
	expect(shown).not.toContain(undefined);
	for (const [id] of JSON.stringify(row).matchAll(/(?<="(id|parentId|childId)":")[^"]*/g)) expect(id).toMatch(/^sample-\w+/);
	for (const { name, insteadOf } of kind.selection) if (!insteadOf) expect(Object.keys(row)).toContain(name);
});

test('ids of all kinds are frozen: a change would make every event of the look-back window look new', () => {
	expect(EVENT_KINDS.map((kind) => [kind.id, eventId(kind, kind.sample), subjectId(kind, kind.sample)])).toEqual([
		['orderCompleted', 'RqGA0OAtTkHLcBBgo33bfxCA', 'l8u05kv13r5nQ3lfCt8cdxrP'],
		['operationChanged', 'i0m22OWErviluOGNTHMgHxyA', 'QxmtLn2AC93H6Lq7KV7f0rOX'],
		['structureChanged', 'LRHg2jJeW107U9qbdUd0xwlv', 'Z0QJ3vZ71zil2Y-UKSZIJS7R'],
		['noteSaved', 'Gq8-pOheR7_06iJn0Ny5bhO_', 'wg5B-thoTDR2iJ9XIH0jcTJX'],
	]);
});
