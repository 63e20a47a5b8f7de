import { isObject } from '../../web/http.mts';
import { assignments, unitRate } from '../manufacturing.mts';
import { statusText } from '../render.mts';
import { recordTypes, units, unitsType, type RecordType } from '../schema.mts';
import { isRef, type Row, type Store, type Values } from '../store.mts';

/** A row as SuiteQL sees it: lower-case columns, numbers and texts, booleans as 'T' and 'F'. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Labels for BUILTIN.DF, kept beside the value under this prefix. */
export const labelPrefix = ' label:';

/** A second spelling that conditions take for a value, kept under this prefix. */
export const longPrefix = ' long:';

const ofFamily = (family: RecordType['family']): RecordType[] => recordTypes.filter((type) => type.family === family);

const rowsOf = (store: Store, family: RecordType['family']): Row[] =>
	ofFamily(family).flatMap((type) => store.all(type.name));

const tables: Readonly<Record<string, (store: Store) => TableRow[]>> = {
	transaction: (store) => rowsOf(store, 'transaction').map((row) => transaction(store, row)),
	transactionline: (store) => rowsOf(store, 'transaction').flatMap((row) => lines(store, row)),
	item: (store) =>
		rowsOf(store, 'item').map((row) => ({
			...plain(store, row),
			itemtype: row.type.name === 'assemblyItem' ? 'Assembly' : 'InvtPart',
		})),
	customer: (store) => store.all('customer').map((row) => plain(store, row)),
	inventorynumber: (store) => store.all('inventoryNumber').map((row) => plain(store, row)),
	unitstype: () => [unitsType],
	unitstypeuom: () =>
		units.map(({ id, name, rate }) => ({
			internalid: id,
			unitstype: unitsType.id,
			unitname: name,
			conversionrate: rate,
			baseunit: rate === 1 ? 'T' : 'F',
		})),
	inventoryassignment: (store) => rowsOf(store, 'transaction').flatMap((row) => assigned(store, row)),
};

/** All rows of a SuiteQL table, or undefined for an unknown one. */
export function tableRows(store: Store, name: string): TableRow[] | undefined {
	return Object.hasOwn(tables, name) ? tables[name]?.(store) : undefined;
}

/** Columns that exist even where no row has a value. */
export function columnsOf(name: string): ReadonlySet<string> {
	const families: Readonly<Record<string, RecordType['family']>> = {
		transaction: 'transaction',
		transactionline: 'transaction',
		item: 'item',
		customer: 'entity',
		inventorynumber: 'inventoryNumber',
	};
	const types = families[name] ? ofFamily(families[name]) : [];
	const fields = types.flatMap((type) => Object.keys(type.fields).map((field) => field.toLowerCase()));
	const extra = {
		transaction: ['id', 'type', 'recordtype', 'status', 'lastmodifieddate', 'createddate'],
		transactionline: ['id', 'transaction', 'item', 'quantity', 'mainline', 'linesequencenumber', 'createdfrom', 'units'],
		item: ['id', 'itemtype'],
		customer: ['id'],
		inventorynumber: ['id'],
		unitstype: ['id', 'name'],
		unitstypeuom: ['internalid', 'unitstype', 'unitname', 'conversionrate', 'baseunit'],
		inventoryassignment: ['id', 'transaction', 'transactionline', 'inventorynumber', 'quantity'],
	}[name];
	return new Set([...fields, ...(extra ?? [])]);
}

function plain(store: Store, row: Row): Record<string, unknown> {
	const record: Record<string, unknown> = { id: row.id };
	for (const [name, value] of Object.entries(row.values)) {
		const column = name.toLowerCase();
		if (isRef(value)) {
			const other = store.follow(value);
			record[column] = value.id;
			if (other) record[labelPrefix + column] = store.name(other);
		} else if (typeof value === 'boolean') record[column] = value ? 'T' : 'F';
		else if (typeof value !== 'object') record[column] = value;
	}
	return record;
}

/**
 * A status comes out as a letter and reads `Work Order : Released` through BUILTIN.DF; in conditions accounts take it
 * with the type before it (`WorkOrd:B`) or as the letter alone, so the double takes both.
 */
function transaction(store: Store, row: Row): TableRow {
	const status = statusText(row);
	return {
		...plain(store, row),
		type: row.type.queryType,
		[`${labelPrefix}type`]: row.type.name,
		recordtype: row.type.name.toLowerCase(),
		status: row.values.orderStatus,
		[`${labelPrefix}status`]: status && `${row.type.label ?? row.type.name} : ${status}`,
		[`${longPrefix}status`]: row.values.orderStatus && `${row.type.queryType ?? ''}:${String(row.values.orderStatus)}`,
	};
}

/** Line 0 is the transaction itself (main line): for a work order the assembly that is built. */
function lines(store: Store, row: Row): TableRow[] {
	const { assemblyItem, item, component, quantity, completedQuantity } = row.values;
	const main = isRef(assemblyItem) ? assemblyItem : isRef(item) ? item : undefined;
	// A work order may be in dozens, and what is built of it too; the components are in pieces.
	const order = row.type.name === 'workOrder' ? row : store.follow(row.values.createdFrom);
	const pieces = (amount: unknown): unknown => (typeof amount === 'number' ? amount * unitRate(order) : amount);
	const unit = units.find(({ id }) => id === order?.values.units);
	const sublist = [component, item].find(Array.isArray) as Values[] | undefined;
	const line = (sequence: number, itemRef: unknown, amount: unknown, unitOf?: typeof unit): TableRow => {
		const other = store.follow(itemRef);
		return {
			id: sequence,
			transaction: row.id,
			linesequencenumber: sequence,
			mainline: sequence === 0 ? 'T' : 'F',
			item: other?.id,
			[`${labelPrefix}item`]: other ? store.name(other) : undefined,
			quantity: amount,
			units: unitOf?.id,
			[`${labelPrefix}units`]: unitOf?.name,
			createdfrom: isRef(row.values.createdFrom) ? row.values.createdFrom.id : undefined,
		};
	};
	return [
		line(0, main, pieces(quantity ?? completedQuantity), unit),
		...(sublist ?? []).map((each, index) => line(index + 1, each.item, each.quantity)),
	];
}

/**
 * The inventory details of a transaction's lines: which serial or lot numbers they move
 * (https://netsuitediagnostics.com/posts/inventory-assignment).
 */
function assigned(store: Store, row: Row): TableRow[] {
	const { inventoryDetail, item, component } = row.values;
	const details = [
		{ item, detail: inventoryDetail },
		...(Array.isArray(component) ? (component as Values[]) : []).map((line) => ({
			item: line.item,
			detail: line.componentInventoryDetail,
		})),
	];
	return details.flatMap((line, sequence) =>
		assignments(line.detail).map(({ receiptInventoryNumber, issueInventoryNumber, quantity }, index) => ({
			id: `${row.id}-${sequence}-${index}`,
			transaction: row.id,
			transactionline: sequence,
			inventorynumber: numberId(store, line.item, receiptInventoryNumber ?? issueInventoryNumber),
			quantity,
		})),
	);
}

/** Received numbers are kept by name, issued ones by reference. */
function numberId(store: Store, item: unknown, given: unknown): unknown {
	if (isObject(given)) return given.id;
	const named = store.all('inventoryNumber').filter((row) => row.values.inventoryNumber === given);
	return named.find((row) => store.follow(row.values.item) === store.follow(item))?.id;
}
