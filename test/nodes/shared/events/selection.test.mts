import { printSelection, type HasField, type SelectedField } from '../../../../nodes/shared/events/selection.ts';

const FIELDS: SelectedField[] = [
	{ name: 'id' },
	{ name: 'childId', legacy: 'subId' },
	{ name: 'operation', type: 'Operation', fields: [{ name: 'id' }, { name: 'name', legacy: 'title' }] },
	{ name: 'wip', insteadOf: 'Row.at' },
	{ name: 'at' },
];
const unknown: HasField = () => undefined;
/** A server that has all fields but these. */
const without =
	(...missing: string[]): HasField =>
	(type, field) =>
		!missing.includes(`${type}.${field}`);
const print = (has: HasField, keep?: ReadonlySet<string>) => printSelection('Row', FIELDS, has, keep);

test('asks under the current names while nobody knows what the server has', () => {
	expect(print(unknown)).toBe('{ id childId operation { id name } at }');
});

test('asks a server that has everything for everything but the stand-ins', () => {
	expect(print(() => true)).toBe('{ id childId operation { id name } at }');
});

test('asks an older server for the old name, so that it answers under the new one', () => {
	expect(print(without('Row.childId', 'Operation.name'))).toBe('{ id childId: subId operation { id name: title } at }');
});

test('tries the old name also where the server told of the new one only', () => {
	expect(print((type, field) => (`${type}.${field}` === 'Row.childId' ? false : undefined))).toBe('{ id childId: subId operation { id name } at }');
});

test('leaves out a field that the server has under neither name', () => {
	expect(print(without('Row.childId', 'Row.subId', 'Row.id'))).toBe('{ operation { id name } at }');
});

test('asks for a stand-in only where the field it stands for is known to be missing', () => {
	expect(print(without('Row.at'))).toBe('{ id childId operation { id name } wip }');
	expect(print(without('Row.at', 'Row.wip'))).toBe('{ id childId operation { id name } }');
});

test('a stand-in may stand for a field of another type', () => {
	const fields: SelectedField[] = [{ name: 'end', insteadOf: 'Other.at' }];
	expect(printSelection('Row', fields, without('Other.at'))).toBe('{ end }');
	expect(printSelection('Row', fields, without('Row.at'))).toBe('{ __typename }');
});

test('leaves out an object of which the server has no field', () => {
	expect(print(without('Operation.id', 'Operation.name', 'Operation.title'))).toBe('{ id childId at }');
});

test('an object without a type of its own is looked up under its name', () => {
	const fields: SelectedField[] = [{ name: 'inner', fields: [{ name: 'a' }, { name: 'b' }] }];
	expect(printSelection('Row', fields, without('inner.b'))).toBe('{ inner { a } }');
});

test('asks only for what is kept, on the first level', () => {
	expect(print(unknown, new Set(['at', 'operation']))).toBe('{ operation { id name } at }');
});

test('a selection is never empty, since GraphQL allows none', () => {
	expect(print(unknown, new Set())).toBe('{ __typename }');
	expect(print(() => false)).toBe('{ __typename }');
});
