import { orderCompleted } from '../../../../../nodes/shared/events/kinds/index.ts';
import type { Row } from '../../../../../nodes/shared/events/types.ts';

const { sample } = orderCompleted;
const summary = sample.operationSummary as Row;
const normal = (extra: Row) => orderCompleted.normalise({ ...sample, ...extra });

test('the sample is simplified to what an ERP needs, in its words', () => {
	expect(orderCompleted.simplify(sample)).toEqual({
		orderId: 'MO-00042',
		orderIndex: 0,
		partNumber: 'PUMP-100',
		revision: 'B',
		completedAt: '2026-01-05T14:22:00.000Z',
		cycleTimeSeconds: 1080,
		producedSerial: 'PUMP-0042',
		consumedSerials: [
			{ id: 'sample-motor', partNumber: 'MOTOR-20', serial: 'MOT-0042' },
			{ id: 'sample-seal', partNumber: 'SEAL-9', serial: 'LOT-7' },
		],
	});
});

test('every field is there, and empty, when Pico sent nothing but the event', () => {
	expect(orderCompleted.simplify({})).toEqual({
		orderId: null,
		orderIndex: 0,
		partNumber: null,
		revision: null,
		completedAt: null,
		cycleTimeSeconds: null,
		producedSerial: null,
		consumedSerials: [],
	});
});

test.each([
	[1, 86_400],
	[0, 0],
	[1 / 86_400, 1],
	[0.0000123456, 1.067],
])('a cycle time of %d days is %d seconds, to the millisecond', (cycleTime, seconds) => {
	expect(orderCompleted.simplify({ operationSummary: { cycleTime } })).toMatchObject({ cycleTimeSeconds: seconds });
});

test('serials without part number or value are kept', () => {
	const consumedSerials = [
		{ id: 'a', externalId: null, value: 'L3' },
		{ id: 'b', externalId: 'MOTOR-20', value: null },
	];
	expect(orderCompleted.simplify({ operationSummary: { consumedSerials } }).consumedSerials).toEqual([
		{ id: 'a', partNumber: null, serial: 'L3' },
		{ id: 'b', partNumber: 'MOTOR-20', serial: null },
	]);
});

describe('rows of older servers', () => {
	test('time and serial are taken from the end of the summary', () => {
		const { at, endState, ...rest } = sample;
		const legacy = { ...rest, operationSummary: { ...summary, endState: { at, ...(endState as Row) } } };
		expect(orderCompleted.normalise(legacy)).toEqual(sample);
	});

	test('what the row itself says counts more than its summary', () => {
		const row = normal({ endState: { producedSerial: 'RIGHT' }, operationSummary: { ...summary, endState: { producedSerial: 'WRONG', at: '2020-01-01T00:00:00Z' } } });
		expect(row).toEqual({ ...sample, endState: { producedSerial: 'RIGHT' } });
	});

	test('a serial that is null in the row is filled from the summary', () => {
		const row = normal({ endState: { producedSerial: null }, operationSummary: { endState: { producedSerial: 'A' } } });
		expect(row).toMatchObject({ endState: { producedSerial: 'A' }, operationSummary: {} });
		expect(normal({ endState: { producedSerial: undefined }, at: null, operationSummary: { endState: { producedSerial: 'A' } } })).toMatchObject({
			at: null,
			endState: { producedSerial: 'A' },
		});
	});

	test('the time may stand in the end state of the row', () => {
		expect(normal({ at: undefined, endState: { at: '2026-01-05T14:22:00Z', producedSerial: 'A' } })).toMatchObject({
			at: '2026-01-05T14:22:00Z',
			endState: { producedSerial: 'A' },
		});
		expect(normal({ endState: { at: '2020-01-01T00:00:00Z', producedSerial: 'A' } })).toEqual({ ...sample, endState: { producedSerial: 'A' } });
	});

	test('an end state that says nothing is none', () => {
		expect(normal({ at: undefined, endState: null })).toEqual({ ...sample, at: null, endState: null });
		expect(normal({ at: undefined, endState: undefined })).toEqual({ ...sample, at: null, endState: null });
		expect(normal({ at: undefined, endState: { at: null } }).endState).toEqual({ at: null });
		expect(normal({ endState: { at: 'T' } }).endState).toEqual({ at: 'T' });
	});

	test('a row without a summary has an empty one', () => {
		for (const operationSummary of [null, undefined, 'x', []]) expect(normal({ operationSummary }).operationSummary).toEqual({});
	});
});

test('a row of a newer server is not copied, since a replay reads many', () => {
	for (const extra of [{}, { endState: null }, { endState: {} }]) {
		const row = { ...sample, ...extra };
		expect(orderCompleted.normalise(row)).toBe(row);
	}
});

test.each([
	['has no time', { at: null }],
	['has no summary', { operationSummary: null }],
	['has its end in the summary', { operationSummary: { endState: null } }],
	['has a time in its end', { endState: { at: null } }],
	['has a null in its end', { endState: { producedSerial: null } }],
	['has no end', { endState: undefined }],
	['has a strange end', { endState: [] }],
])('a row that %s is put right in a copy', (_name, extra) => {
	const row = { ...sample, ...extra };
	const before = JSON.stringify(row);
	expect(orderCompleted.normalise(row)).not.toBe(row);
	expect(JSON.stringify(row)).toBe(before);
});

describe('identity', () => {
	test('is operation, order, unit and time, and nothing else where all are known', () => {
		expect(orderCompleted.identity(sample)).toEqual(['sample-operation', 'MO-00042', 0, '2026-01-05T14:22:00.000Z']);
		expect(orderCompleted.subject({ ...sample, orderIndex: 2 })).toEqual(['sample-operation', 'MO-00042', 2]);
	});

	test.each([
		['operation', { operation: { id: null } }, [null, 'MO-00042', 0, '2026-01-05T14:22:00.000Z']],
		['object of an operation', { operation: null }, [null, 'MO-00042', 0, '2026-01-05T14:22:00.000Z']],
		['order', { externalOrderId: '' }, ['sample-operation', '', 0, '2026-01-05T14:22:00.000Z']],
		['time', { at: null }, ['sample-operation', 'MO-00042', 0, null]],
	])('without %s it takes serial and start as well', (_name, extra, key) => {
		expect(orderCompleted.identity({ ...sample, ...extra })).toEqual([...key, 'PUMP-0042', '2026-01-05T14:00:00.000Z']);
		expect(orderCompleted.identity({ ...sample, ...extra, endState: null, operationSummary: null })).toEqual([...key, null, null]);
	});

	test('units and orders that a server sends as numbers are the same as those it sends as text', () => {
		expect(orderCompleted.subject({ ...sample, externalOrderId: 42, orderIndex: '3' })).toEqual(['sample-operation', '42', 3]);
	});
});
