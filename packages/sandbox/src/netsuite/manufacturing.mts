import { isObject } from '../web/http.mts';
import { NetSuiteError, userError } from './errors.mts';
import { recordType, workOrderStatus } from './schema.mts';
import { refTo, type Row, type Store, type Values } from './store.mts';
import { toStored, type WriteOptions } from './write.mts';

/** `required` refuses a serialised assembly without its serial numbers, as a real account does. */
export type AssemblySerials = 'required' | 'optional';

const transforms: Readonly<Record<string, readonly string[]>> = {
	workOrder: ['workOrderCompletion', 'workOrderIssue', 'workOrderClose', 'assemblyBuild'],
	salesOrder: ['invoice', 'workOrder'],
};

const quantityOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** `POST /<type>/<id>/!transform/<target>`: makes a record from another one. @throws NetSuiteError */
export function transform(
	store: Store,
	source: Row,
	target: string,
	body: unknown,
	options: WriteOptions,
	serials: AssemblySerials,
): Row {
	const name = source.type.name;
	if (!transforms[name]?.includes(target)) {
		throw new NetSuiteError(404, 'INVALID_URL', `The transformation from ${name} to ${target} is not supported.`);
	}
	const values = toStored(store, recordType(target), body ?? {}, options);
	refuseKnownExternalId(store, target, values);
	if (name === 'salesOrder') return fromSalesOrder(store, source, target, values);
	return fromWorkOrder(store, source, target, values, serials);
}

/** An external id names one record of a type: this is what makes posting twice visible. */
export function refuseKnownExternalId(store: Store, type: string, values: Values): void {
	const { externalId } = values;
	if (typeof externalId === 'string' && store.byExternalId(type, externalId)) {
		throw userError(`This record already exists (externalId ${externalId}).`);
	}
}

function fromSalesOrder(store: Store, source: Row, target: string, values: Values): Row {
	if (target === 'workOrder') {
		throw userError('Work orders are made from special order lines of a sales order, which this server does not have.');
	}
	const { entity, item } = source.values;
	return store.insert(target, { entity, item, createdFrom: refTo(source), ...values });
}

function fromWorkOrder(store: Store, order: Row, target: string, values: Values, serials: AssemblySerials): Row {
	const status = String(order.values.orderStatus);
	const wip = order.values.isWip === true;
	// Completions and issues belong to work orders with WIP, builds to those without: NetSuite refuses the other way.
	if (['H', 'C', 'A'].includes(status) || (target === 'assemblyBuild') === wip) {
		throw new NetSuiteError(
			400,
			'INVALID_INITIALIZE_REF',
			`You can not initialize ${target}: invalid reference ${order.id}.` +
				` (status ${workOrderStatus[status as keyof typeof workOrderStatus]}, WIP ${String(wip)})`,
		);
	}
	const made = { createdFrom: refTo(order), item: order.values.assemblyItem, ...values };
	switch (target) {
		case 'workOrderClose':
			store.update(order, { orderStatus: 'H' });
			return store.insert(target, made);
		case 'workOrderIssue':
			return issue(store, order, made);
		default:
			return complete(store, order, target, made, serials);
	}
}

function complete(store: Store, order: Row, target: string, values: Values, serials: AssemblySerials): Row {
	const field = target === 'assemblyBuild' ? 'quantity' : 'completedQuantity';
	const open = quantityOf(order.values.quantity) - quantityOf(order.values.built);
	const quantity = values[field] === undefined ? open : quantityOf(values[field]);
	if (quantity <= 0) throw userError(`The ${field} must be greater than zero; ${open} are open.`);
	if (quantity > open) throw userError(`You cannot build more than what is open on the work order: ${open}.`);
	const assembly = store.follow(order.values.assemblyItem);
	const numbers = assignments(values.inventoryDetail).map((line) => String(line.receiptInventoryNumber ?? ''));
	if (assembly?.values.isSerialItem === true && (serials === 'required' || numbers.length > 0)) {
		if (numbers.length !== quantity || numbers.some((number) => number === '')) {
			throw userError('Please configure the inventory detail in line 1 of the item list: one serial number per unit.');
		}
	}
	if (assembly) receive(store, assembly, numbers);
	registerComponents(store, values);
	const row = store.insert(target, { ...values, [field]: quantity });
	const built = quantityOf(order.values.built) + quantity;
	store.update(order, { built, orderStatus: built >= quantityOf(order.values.quantity) ? 'G' : 'D' });
	return row;
}

function issue(store: Store, order: Row, values: Values): Row {
	const given = values.component;
	const lines = Array.isArray(given) && given.length > 0 ? (given as Values[]) : componentsOf(order);
	const row = { ...values, component: lines };
	registerComponents(store, row);
	if (order.values.orderStatus === 'B') store.update(order, { orderStatus: 'D' });
	return store.insert('workOrderIssue', row);
}

/** What the order still wants, where an issue names no lines itself. */
const componentsOf = (order: Row): Values[] =>
	(Array.isArray(order.values.item) ? (order.values.item as Values[]) : []).map((line) => ({ ...line }));

/** New serial numbers come into stock. One that exists is refused: it would be the same unit twice. */
function receive(store: Store, item: Row, numbers: readonly string[]): void {
	const known = numbers.filter((number) => findNumber(store, item, number));
	if (known.length > 0 || new Set(numbers).size < numbers.length) {
		throw userError(`The inventory number ${known[0] ?? numbers[0]} of item ${store.name(item)} already exists.`);
	}
	for (const inventoryNumber of numbers) {
		store.touch(store.insert('inventoryNumber', { inventoryNumber, item: refTo(item) }), 'received');
	}
}

/** Serial numbers of consumed components; the ones not known yet are taken into the list. */
function registerComponents(store: Store, values: Values): void {
	for (const line of Array.isArray(values.component) ? (values.component as Values[]) : []) {
		const item = store.follow(line.item);
		for (const assignment of assignments(line.componentInventoryDetail)) {
			const given = assignment.issueInventoryNumber;
			const inventoryNumber = isObject(given) ? given.refName : given;
			if (!item || typeof inventoryNumber !== 'string' || findNumber(store, item, inventoryNumber)) continue;
			store.touch(store.insert('inventoryNumber', { inventoryNumber, item: refTo(item) }), 'consumed');
		}
	}
}

const findNumber = (store: Store, item: Row, number: string): Row | undefined =>
	store
		.all('inventoryNumber')
		.find((row) => row.values.inventoryNumber === number && store.follow(row.values.item) === item);

/** The lines of an inventory detail, whose shape clients send as `{inventoryAssignment: {items: [...]}}`. */
export function assignments(detail: unknown): Values[] {
	const assignment = isObject(detail) ? detail.inventoryAssignment : undefined;
	const items = isObject(assignment) ? assignment.items : undefined;
	return Array.isArray(items) ? items.filter(isObject) : [];
}

/** A new work order gets its components from the members of its assembly. */
export function fillWorkOrder(store: Store, values: Values): void {
	const assembly = store.follow(values.assemblyItem);
	const quantity = quantityOf(values.quantity);
	if (quantity <= 0) throw userError('The quantity must be greater than zero.');
	values.built ??= 0;
	if (!assembly || Array.isArray(values.item)) return;
	const members = Array.isArray(assembly.values.member) ? (assembly.values.member as Values[]) : [];
	values.item = members.map((member, index) => ({
		line: index + 1,
		item: member.item,
		quantity: quantityOf(member.quantity) * quantity,
	}));
}
