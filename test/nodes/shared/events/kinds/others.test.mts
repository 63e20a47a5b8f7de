import { noteSaved, operationChanged, structureChanged } from '../../../../../nodes/shared/events/kinds/index.ts';

describe('Operation Changed', () => {
	const { sample } = operationChanged;

	test('is simplified to flat fields in the words of an ERP', () => {
		expect(operationChanged.simplify(sample)).toEqual({
			operationId: 'sample-operation',
			partNumber: 'PUMP-100',
			revision: 'B',
			name: 'Coolant pump',
			variantName: null,
			archived: false,
			updatedAt: '2026-01-05T08:00:00.000Z',
			expectedSerials: [{ id: 'sample-attribute', name: 'Motor serial', partNumber: 'MOTOR-20' }],
		});
		expect(operationChanged.simplify({ ...sample, variantName: 'v' })).toMatchObject({ variantName: 'v' });
	});

	test('is archived once it has a time of that', () => {
		const archived = (archivedAt: unknown) => operationChanged.simplify({ archivedAt }).archived;
		expect([archived('2026-01-05T08:00:00Z'), archived(null), archived(undefined)]).toEqual([true, false, false]);
	});

	test('serials are a list of objects, whatever Pico sends', () => {
		const serials = (consumedSerials: unknown) => operationChanged.normalise({ ...sample, consumedSerials }).consumedSerials;
		expect(serials(null)).toEqual([]);
		expect(serials(undefined)).toEqual([]);
		for (const strange of [null, 7, 'x', undefined]) expect(serials([{ id: 'a' }, strange])).toEqual([{ id: 'a' }]);
		expect(serials({ id: 'a' })).toEqual([{ id: 'a' }]);
		expect(operationChanged.simplify({}).expectedSerials).toEqual([]);
	});

	test('a clean row is not copied, since lists of operations are long', () => {
		for (const row of [sample, { ...sample, consumedSerials: [] }]) expect(operationChanged.normalise(row)).toBe(row);
	});

	test('is named by its id, or by part number, revision and variant where it has none', () => {
		expect(operationChanged.identity(sample)).toEqual(['sample-operation', '2026-01-05T08:00:00.000Z']);
		expect(operationChanged.identity({ ...sample, id: null, variantName: 'left' })).toEqual([null, 'PUMP-100', 'B', 'left', '2026-01-05T08:00:00.000Z']);
	});
});

describe('Product Structure Changed', () => {
	const { sample } = structureChanged;

	test('is simplified to parent, child and place', () => {
		expect(structureChanged.simplify(sample)).toEqual({
			parentId: 'sample-operation',
			childId: 'sample-process',
			childIndex: 0,
			updatedAt: '2026-01-05T08:00:00.000Z',
		});
	});

	test('old names are put under the new ones, which count more', () => {
		expect(structureChanged.normalise({ parentId: 'p', subId: 'c', subGroup: 2 })).toEqual({ parentId: 'p', childId: 'c', childIndex: 2 });
		expect(structureChanged.normalise({ childId: 'new', childIndex: 0, subId: 'old', subGroup: 2 })).toEqual({ childId: 'new', childIndex: 0 });
		expect(structureChanged.normalise({})).toEqual({ childId: null, childIndex: null });
	});

	test('is the same event only with the same parent, child, place and time', () => {
		expect(structureChanged.identity(sample)).toEqual(['sample-operation', 'sample-process', 0, '2026-01-05T08:00:00.000Z']);
		expect(structureChanged.subject(sample)).toEqual(['sample-operation', 'sample-process', 0]);
	});
});

describe('Note Created or Updated', () => {
	const { sample } = noteSaved;

	test('is simplified to flat fields', () => {
		const simple = {
			noteId: 'sample-note',
			text: 'Seal had a scratch, replaced',
			eventType: 'created',
			type: 'Quality',
			operator: 'Sam',
			station: 'Station 3',
			at: '2026-01-05T12:30:00.000Z',
			metadata: null,
		};
		expect(noteSaved.simplify(sample)).toEqual(simple);
		expect(noteSaved.simplify({ ...sample, metadata: { torque: 7 } })).toEqual({ ...simple, metadata: { torque: 7 } });
		expect(noteSaved.simplify({})).toMatchObject({ noteId: null, type: null, operator: null, station: null, metadata: null });
	});

	test('is told from its update by all of its content', () => {
		expect(noteSaved.identity({ ...sample, metadata: { torque: 7 }, images: ['a.png'] })).toEqual([
			'sample-note',
			'created',
			1,
			'2026-01-05T12:30:00.000Z',
			'Seal had a scratch, replaced',
			{ torque: 7 },
			['a.png'],
			'',
		]);
		expect(noteSaved.identity({})).toEqual([null, null, null, null, null, null, null, null]);
		expect(noteSaved.subject(sample)).toEqual(['sample-note']);
	});
});
