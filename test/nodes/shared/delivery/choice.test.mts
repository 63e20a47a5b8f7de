import { readChoice, whole } from '../../../../nodes/shared/delivery/choice.ts';
import { noteSaved, operationChanged, orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import { FakeN8n } from '../../../kit/fakeN8n.mts';

function choose(parameters: Record<string, unknown>) {
	const n8n = new FakeN8n();
	n8n.parameters = parameters;
	return readChoice(n8n.context);
}

test('a trigger that was only put on the canvas takes every completion, simplified, with five minutes of look-back', () => {
	expect(choose({})).toEqual({
		kind: orderCompleted,
		products: [],
		orderFilter: '',
		output: 'simplified',
		fields: [],
		perSerial: false,
		lookbackMs: 300_000,
		resetKey: '',
		attachStructure: false,
		owner: { workflowId: 'workflow1', nodeId: 'node1' },
	});
});

test('every choice of the form is read', () => {
	const choice = choose({
		event: 'orderCompleted',
		products: ['a', 7],
		output: 'fields',
		fields: ['at'],
		options: { orderFilter: ' MO-* ', itemPer: 'consumedSerial', lookBackWindow: '60', attachStructure: true, positionResetKey: 'again' },
	});
	expect(choice).toMatchObject({ products: ['a', '7'], output: 'fields', fields: ['at'], orderFilter: 'MO-*', perSerial: true, lookbackMs: 60_000, resetKey: 'again' });
	expect(choice.kind).toBe(orderCompleted);
});

test('a structure is attached only where one is asked for, to an event that has one', () => {
	const attach = (event: string, attachStructure: unknown) => choose({ event, options: { attachStructure } }).attachStructure;
	expect(attach('operationChanged', true)).toBe(true);
	expect(attach('structureChanged', true)).toBe(true);
	expect(attach('operationChanged', false)).toBe(false);
	expect(attach('operationChanged', 'false')).toBe(false);
	expect(attach('orderCompleted', true)).toBe(false);
	expect(attach('noteSaved', true)).toBe(false);
});

test('only completions come line by line', () => {
	expect(choose({ event: 'noteSaved', options: { itemPer: 'consumedSerial' } })).toMatchObject({ kind: noteSaved, perSerial: false });
	expect(choose({ event: 'operationChanged' }).kind).toBe(operationChanged);
});

test('a workflow that was never saved has no id, and that is no reason to fail', () => {
	const n8n = new FakeN8n();
	n8n.workflowId = undefined;
	expect(readChoice(n8n.context).owner).toEqual({ workflowId: '', nodeId: 'node1' });
});

test('an event that this package does not know is refused by its name', () => {
	expect(() => choose({ event: 'orderStarted' })).toThrow("'orderStarted' is not an event this node knows");
});

test.each([0, 1, 86_400])('a look-back of %d seconds is taken', (lookBackWindow) => {
	expect(choose({ options: { lookBackWindow } }).lookbackMs).toBe(lookBackWindow * 1_000);
});

test.each([-1, 86_401, 1.5, 'x', Number.NaN, Infinity])('a look-back of %p is refused with the name of the option, its bounds and its value', (lookBackWindow) => {
	const look = () => choose({ options: { lookBackWindow } });
	expect(look).toThrow("'Look-Back Window (Seconds)' must be a whole number from 0 to 86400");
	expect(look).toThrow(expect.objectContaining({ description: `It is now '${lookBackWindow}'.` }) as Error);
});

test('bounds of a whole number are part of it', () => {
	const { context } = new FakeN8n();
	expect([whole(context, 'X', 3, 3, 5), whole(context, 'X', '5', 3, 5)]).toEqual([3, 5]);
	for (const value of [2, 6, 3.5, undefined]) expect(() => whole(context, 'X', value, 3, 5)).toThrow("'X' must be a whole number from 3 to 5");
});
