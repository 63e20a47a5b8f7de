import { billsOfMaterials, firstOrders, parts } from '../web/catalogue.mts';
import { random } from '../web/random.mts';
import { fillWorkOrder } from './manufacturing.mts';
import { refTo, type Row, type Store, type Values } from './store.mts';

/** The same seed makes the same records with the same ids; only time stamps differ. */
export function seed(store: Store, number: number): void {
	const next = random(number);
	const customer = store.insert('customer', {
		entityId: 'CUST-1',
		companyName: 'Example Customer Ltd',
		email: 'orders@example.com',
		externalId: 'CUST-1',
	});
	for (const part of [...parts].reverse()) {
		store.insert(part.kind === 'product' ? 'assemblyItem' : 'inventoryItem', {
			itemId: part.partNumber,
			displayName: part.name,
			externalId: part.partNumber,
			revision: part.revision,
			isSerialItem: part.tracking === 'serial',
			isLotItem: part.tracking === 'lot',
			isInactive: false,
			cost: part.price,
			member: (billsOfMaterials[part.partNumber] ?? []).flatMap((line, index): Values[] => {
				const item = itemByPart(store, line.partNumber);
				return item ? [{ line: index + 1, item: refTo(item), quantity: line.quantity }] : [];
			}),
		});
	}
	for (const order of firstOrders) {
		const [sold] = makeSalesOrder(store, customer, order.partNumber, order.quantity, 80 + Math.floor(next() * 40));
		makeWorkOrders(store, 1, order.partNumber, order.quantity, sold);
	}
}

export function itemByPart(store: Store, partNumber: string): Row | undefined {
	return [...store.all('assemblyItem'), ...store.all('inventoryItem')].find((row) => row.values.itemId === partNumber);
}

function makeSalesOrder(store: Store, customer: Row, partNumber: string, quantity: number, rate: number): Row[] {
	const item = itemByPart(store, partNumber);
	if (!item) return [];
	return [
		store.insert('salesOrder', {
			entity: refTo(customer),
			orderStatus: 'B',
			item: [{ line: 1, item: refTo(item), quantity, rate, amount: quantity * rate }],
		}),
	];
}

/** Makes released work orders. Throws an Error with a plain message for an unknown assembly. */
export function makeWorkOrders(store: Store, count: number, partNumber: string, quantity: number, from?: Row, tranId?: string): Row[] {
	const assembly = itemByPart(store, partNumber);
	if (assembly?.type.name !== 'assemblyItem') {
		throw new Error(`No assembly has the item id ${JSON.stringify(partNumber)}`);
	}
	return Array.from({ length: count }, () => {
		const values: Values = {
			assemblyItem: refTo(assembly),
			quantity,
			orderStatus: 'B',
			// Tracked products go through WIP (completions and issues), the others through assembly builds.
			isWip: assembly.values.isSerialItem === true,
			...(tranId === undefined ? {} : { tranId }),
			...(from ? { createdFrom: refTo(from), entity: from.values.entity } : {}),
		};
		fillWorkOrder(store, values);
		const row = store.insert('workOrder', values);
		const externalId = String(row.values.tranId);
		if (!store.byExternalId('workOrder', externalId)) store.update(row, { externalId });
		return row;
	});
}
