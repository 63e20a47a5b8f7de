import { Stamp, parseTime, unitOf, type Precision } from '../time.mts';

type Test = (row: object) => boolean;
type Filter = { [key: string]: unknown };

const isFilter = (value: unknown): value is Filter =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Turns a `where` argument (Hasura-like operators) into a test of one row. Times compare at the precision shown. */
export function compileWhere(where: unknown, precision: Precision): Test {
	if (!isFilter(where)) return () => true;
	const tests = Object.entries(where).map(([key, value]): Test => {
		if (key === '_not') {
			const test = compileWhere(value, precision);
			return (row) => !test(row);
		}
		if (key === '_and' || key === '_or') {
			const parts = (Array.isArray(value) ? value : []).map((part) => compileWhere(part, precision));
			return key === '_and' ? (row) => parts.every((test) => test(row)) : (row) => parts.some((test) => test(row));
		}
		return fieldTest(key, value, precision);
	});
	return (row) => tests.every((test) => test(row));
}

function fieldTest(field: string, filter: unknown, precision: Precision): Test {
	if (!isFilter(filter)) return () => true;
	const read = (row: object): unknown => Reflect.get(row, field);
	if (field === 'operation') {
		const inner = compileWhere(filter, precision);
		return (row) => {
			const value = read(row);
			return typeof value === 'object' && value !== null && inner(value);
		};
	}
	const tests = Object.entries(filter).map(([operator, wanted]) => operatorTest(operator, wanted, precision));
	return (row) => {
		const value = read(row);
		return tests.every((test) => test(value));
	};
}

function operatorTest(operator: string, wanted: unknown, precision: Precision): (value: unknown) => boolean {
	if (operator === '_in') {
		const allowed = new Set(Array.isArray(wanted) ? wanted.map(String) : []);
		return (value) => value !== null && allowed.has(String(value));
	}
	const unit = unitOf(precision);
	const order = (value: unknown): number | undefined => {
		if (value instanceof Stamp) return compare(value.ns - (value.ns % unit), parseTime(String(wanted)));
		if (typeof value === 'number') return compare(value, Number(wanted));
		return value === null || value === undefined ? undefined : compare(String(value), String(wanted));
	};
	const holds: Record<string, (sign: number) => boolean> = {
		_eq: (sign) => sign === 0,
		_gt: (sign) => sign > 0,
		_gte: (sign) => sign >= 0,
		_lt: (sign) => sign < 0,
		_lte: (sign) => sign <= 0,
	};
	return (value) => {
		const sign = order(value);
		return sign !== undefined && holds[operator](sign);
	};
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
