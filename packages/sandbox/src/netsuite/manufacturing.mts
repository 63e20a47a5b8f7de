import { isObject } from '../web/http.mts';
import { NetSuiteError, userError } from './errors.mts';
import { recordType, units, workOrderStatus } from './schema.mts';
import { refTo, type Row, type Store, type Values } from './store.mts';
import { toStored, type WriteOptions } from './write.mts';

export interface PlantRules {
	/** `required` refuses a serialised assembly without its serial numbers, as a real account does. */
	assemblySerials: 'required' | 'optional';
	/**
	 * `inStock` takes only numbers of serialised components that the item has and that were not issued before, one for
	 * each piece, as a real account does. `any` takes what comes, so that a demo needs no purchasing.
	 */
	componentSerials: 'inStock' | 'any';
	/** The manufacturing preference *Allow Overage on Work Order Transactions*: more may be built than was ordered. */
	overage: 'refused' | 'allowed';
}

const transforms: Readonly<Record<string, readonly string[]>> = {
	workOrder: ['workOrderCompletion', 'workOrderIssue', 'workOrderClose', 'assemblyBuild'],
	salesOrder: ['invoice', 'workOrder'],
};

const rateOf = (unit: unknown): number => units.find(({ id }) => id === unit)?.rate ?? 1;

/** How many pieces one of the order's unit of measure is. */
export const unitRate = (order: Row | undefined): number => rateOf(order?.values.units);

const quantityOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** `POST /<type>/<id>/!transform/<target>`: makes a record from another one. @throws NetSuiteError */
export function transform(
	store: Store,
	source: Row,
	target: string,
	body: unknown,
	options: WriteOptions,
	rules: PlantRules,
): Row {
	const name = source.type.name;
	if (!transforms[name]?.includes(target)) {
		throw new NetSuiteError(404, 'INVALID_URL', `The transformation from ${name} to ${target} is not supported.`);
	}
	const values = toStored(store, recordType(target), body ?? {}, options);
	refuseKnownExternalId(store, target, values);
	if (name === 'salesOrder') return fromSalesOrder(store, source, target, values);
	return fromWorkOrder(store, source, target, values, rules);
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

function fromWorkOrder(store: Store, order: Row, target: string, values: Values, rules: PlantRules): Row {
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
			return issue(store, order, made, rules);
		default:
			return complete(store, order, target, made, rules);
	}
}

function complete(store: Store, order: Row, target: string, values: Values, rules: PlantRules): Row {
	const field = target === 'assemblyBuild' ? 'quantity' : 'completedQuantity';
	const open = quantityOf(order.values.quantity) - quantityOf(order.values.built);
	const quantity = values[field] === undefined ? open : quantityOf(values[field]);
	if (quantity <= 0) throw userError(`The ${field} must be greater than zero; ${open} are open.`);
	if (quantity > open && rules.overage === 'refused') throw userError(`You cannot build more than what is open on the work order: ${open}.`);
	const assembly = store.follow(order.values.assemblyItem);
	const numbers = assignments(values.inventoryDetail).map((line) => String(line.receiptInventoryNumber ?? ''));
	if (assembly?.values.isSerialItem === true && (rules.assemblySerials === 'required' || numbers.length > 0)) {
		if (numbers.length !== quantity * unitRate(order) || numbers.some((number) => number === '')) {
			throw userError('Please configure the inventory detail in line 1 of the item list: one serial number per unit.');
		}
	}
	const component = consume(store, linesOf(values.component), rules);
	if (assembly) receive(store, assembly, numbers);
	const row = store.insert(target, { ...values, ...(component.length > 0 ? { component } : {}), [field]: quantity });
	const built = quantityOf(order.values.built) + quantity;
	store.update(order, { built, orderStatus: built >= quantityOf(order.values.quantity) ? 'G' : 'D' });
	return row;
}

function issue(store: Store, order: Row, values: Values, rules: PlantRules): Row {
	const given = linesOf(values.component);
	const component = consume(store, given.length > 0 ? given : componentsOf(order), rules);
	if (order.values.orderStatus === 'B') store.update(order, { orderStatus: 'D' });
	return store.insert('workOrderIssue', { ...values, component });
}

const linesOf = (value: unknown): Values[] => (Array.isArray(value) ? (value as Values[]) : []);

/** What the order still wants, where an issue names no lines itself. */
const componentsOf = (order: Row): Values[] =>
	(Array.isArray(order.values.item) ? (order.values.item as Values[]) : []).map((line) => ({ ...line }));

const wentInto = ['workOrderCompletion', 'workOrderIssue', 'assemblyBuild', 'workOrderClose', 'workOrder', 'invoice'];

/** Transactions that were made from this one. */
export const madeFrom = (store: Store, source: Row): Row[] =>
	wentInto.flatMap((type) => store.all(type)).filter((row) => store.follow(row.values.createdFrom) === source);

/** What a transaction that is deleted had done to its work order and to the stock. */
export function takeBack(store: Store, row: Row): void {
	const order = store.follow(row.values.createdFrom);
	if (order?.type.name !== 'workOrder') return;
	const built = quantityOf(order.values.built) - quantityOf(row.values.completedQuantity ?? builtBy(row));
	const status = built > 0 || madeFrom(store, order).length > 0 ? 'D' : 'B';
	store.update(order, { built, orderStatus: built >= quantityOf(order.values.quantity) ? 'G' : status });
	const item = store.follow(row.values.item);
	for (const { receiptInventoryNumber } of assignments(row.values.inventoryDetail)) {
		const number = item && findNumber(store, item, String(receiptInventoryNumber));
		if (number) store.remove(number);
	}
	for (const line of linesOf(row.values.component)) {
		const part = store.follow(line.item);
		for (const { issueInventoryNumber } of assignments(line.componentInventoryDetail)) {
			const number = part && numberOf(store, part, issueInventoryNumber);
			if (number) store.update(number, { quantityAvailable: undefined });
		}
	}
}

const builtBy = ({ type, values }: Row): unknown => (type.name === 'assemblyBuild' ? values.quantity : 0);

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

/**
 * Takes the serial numbers of components out of stock and names them in the lines. A number comes as a reference
 * `{id}` or `{refName}`, see InventoryAssignment in Oracle's REST API Browser. All lines are checked before one is taken.
 */
function consume(store: Store, lines: readonly Values[], { componentSerials }: PlantRules): Values[] {
	const strict = componentSerials === 'inStock';
	const chosen = new Set<Row>();
	const checked = lines.map((line, index) => {
		const item = store.follow(line.item);
		const given = assignments(line.componentInventoryDetail);
		const numbers = given.map((each) => (item ? numberOf(store, item, each.issueInventoryNumber) : undefined));
		if (strict && item?.values.isSerialItem === true) {
			if (given.length !== quantityOf(line.quantity)) {
				throw userError(`Please configure the inventory detail in line ${index + 1} of the component list.`);
			}
			const missing = numbers.findIndex((row) => !row || chosen.has(row) || row.values.quantityAvailable === 0);
			if (missing >= 0) {
				const name = textOf(given[missing]?.issueInventoryNumber);
				throw userError(`The inventory number ${name} of item ${store.name(item)} is not available.`);
			}
		}
		for (const row of numbers) if (row) chosen.add(row);
		return { line, item, given, numbers };
	});
	return checked.map(({ line, item, given, numbers }) => {
		if (!item || given.length === 0) return line;
		const items = given.map((each, index) => {
			const row = numbers[index] ?? adopt(store, item, each.issueInventoryNumber);
			if (!row) return each;
			store.update(row, { quantityAvailable: 0 });
			return { ...each, issueInventoryNumber: { id: String(row.id), refName: store.name(row) } };
		});
		return { ...line, componentInventoryDetail: { inventoryAssignment: { items } } };
	});
}

/** A number that the list does not have yet is taken into it. */
function adopt(store: Store, item: Row, given: unknown): Row | undefined {
	const inventoryNumber = isObject(given) ? given.refName : given;
	if (typeof inventoryNumber !== 'string') return undefined;
	const row = store.insert('inventoryNumber', { inventoryNumber, item: refTo(item) });
	store.touch(row, 'consumed');
	return row;
}

const textOf = (given: unknown): string => String((isObject(given) ? (given.refName ?? given.id) : given) ?? '');

function numberOf(store: Store, item: Row, given: unknown): Row | undefined {
	const id = isObject(given) ? given.id : undefined;
	if (id === undefined) return findNumber(store, item, textOf(given));
	const row = store.find('inventoryNumber', Number(id));
	return row && store.follow(row.values.item) === item ? row : undefined;
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
	if (assembly && !Array.isArray(values.item)) values.item = componentLines(assembly, quantity * rateOf(values.units));
}

const componentLines = (assembly: Row, pieces: number): Values[] =>
	linesOf(assembly.values.member).map((member, index) => ({
		line: index + 1,
		item: member.item,
		quantity: quantityOf(member.quantity) * pieces,
	}));

/**
 * What a person does to a work order later on: the components follow the quantity, and a quantity that is built makes
 * the order built. What NetSuite says to a quantity below what is built is not documented; here it is refused.
 */
export function changeWorkOrder(store: Store, order: Row, values: Values): void {
	if (values.quantity === undefined) return;
	const [quantity, built] = [quantityOf(values.quantity), quantityOf(order.values.built)];
	if (quantity <= 0) throw userError('The quantity must be greater than zero.');
	if (quantity < built) throw userError(`The quantity cannot be less than what has been built: ${built}.`);
	const assembly = store.follow(values.assemblyItem ?? order.values.assemblyItem);
	if (assembly && values.item === undefined && quantity !== order.values.quantity) {
		values.item = componentLines(assembly, quantity * rateOf(values.units ?? order.values.units));
	}
	const status = values.orderStatus ?? order.values.orderStatus;
	if (status === 'D' && built === quantity) values.orderStatus = 'G';
	if (status === 'G' && built < quantity) values.orderStatus = 'D';
}
