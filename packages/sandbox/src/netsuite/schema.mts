import { invalidContent, noSuchType } from './errors.mts';

export type Kind = 'text' | 'number' | 'boolean' | 'date' | 'ref' | 'enum' | 'sublist' | 'json';

export interface Field {
	readonly kind: Kind;
	/** ref: record types it may point at. */
	readonly targets?: readonly string[];
	/** enum: id to label. */
	readonly options?: Readonly<Record<string, string>>;
	/** sublist: the fields of a line. */
	readonly lines?: Fields;
	readonly readonly?: boolean;
	readonly required?: boolean;
	readonly initial?: unknown;
}

export type Fields = Readonly<Record<string, Field>>;

export interface RecordType {
	readonly name: string;
	/** Internal ids are unique within a family: all items, all transactions, all entities. */
	readonly family: 'item' | 'transaction' | 'entity' | 'inventoryNumber';
	/** Field that names a record in references. */
	readonly naming: string;
	/** Transactions: prefix of document numbers, and `type` in SuiteQL. */
	readonly numbering?: string;
	readonly queryType?: string;
	/** Transactions: what a person reads, and the first half of a status in BUILTIN.DF. */
	readonly label?: string;
	readonly fields: Fields;
}

const text: Field = { kind: 'text' };
const number: Field = { kind: 'number' };
const flag: Field = { kind: 'boolean', initial: false };
const date: Field = { kind: 'date' };
const json: Field = { kind: 'json' };
const ref = (...targets: string[]): Field => ({ kind: 'ref', targets });
const needed = (field: Field): Field => ({ ...field, required: true });
const shown = (field: Field): Field => ({ ...field, readonly: true });
const sublist = (lines: Fields): Field => ({ kind: 'sublist', lines: { line: number, ...lines } });

/**
 * Units of measure. Records carry quantities in their own unit, SuiteQL shows them in the base unit
 * (https://netsuitediagnostics.com/posts/suiteql-units-of-measure).
 */
export const units = [
	{ id: '1', name: 'Each', rate: 1 },
	{ id: '2', name: 'Dozen', rate: 12 },
] as const;

export const unitsType = { id: '1', name: 'Count' } as const;

const unit: Field = { kind: 'enum', options: Object.fromEntries(units.map(({ id, name }) => [id, name])) };

const assemblies = ['assemblyItem'];
const items = ['assemblyItem', 'inventoryItem'];

const everywhere: Fields = {
	externalId: text,
	createdDate: shown(text),
	lastModifiedDate: shown(text),
};

const itemFields: Fields = {
	...everywhere,
	itemId: needed(text),
	displayName: text,
	description: text,
	isInactive: flag,
	isSerialItem: flag,
	isLotItem: flag,
	cost: number,
	revision: text,
	unitsType: { kind: 'enum', options: { [unitsType.id]: unitsType.name } },
	stockUnit: unit,
};

const transactionFields: Fields = {
	...everywhere,
	tranId: text,
	tranDate: date,
	memo: text,
	subsidiary: json,
	location: json,
};

const soldLine: Fields = { item: needed(ref(...items)), quantity: number, rate: number, amount: number };
const componentLine: Fields = {
	item: needed(ref(...items)),
	quantity: number,
	componentInventoryDetail: json,
};

const orderStatus = (options: Readonly<Record<string, string>>, initial: string): Field => ({
	kind: 'enum',
	options,
	initial,
});

export const workOrderStatus = {
	A: 'Planned',
	B: 'Released',
	D: 'In Process',
	G: 'Built',
	H: 'Closed',
	C: 'Cancelled',
} as const;

export const recordTypes: readonly RecordType[] = [
	{
		name: 'workOrder',
		family: 'transaction',
		naming: 'tranId',
		numbering: 'WO',
		queryType: 'WorkOrd',
		label: 'Work Order',
		fields: {
			...transactionFields,
			assemblyItem: needed(ref(...assemblies)),
			quantity: needed(number),
			units: unit,
			built: shown(number),
			orderStatus: orderStatus(workOrderStatus, 'B'),
			isWip: { kind: 'boolean', initial: true },
			startDate: date,
			endDate: date,
			createdFrom: ref('salesOrder'),
			entity: ref('customer'),
			item: sublist({ item: needed(ref(...items)), quantity: number }),
		},
	},
	{
		name: 'workOrderCompletion',
		family: 'transaction',
		naming: 'tranId',
		numbering: 'WOC',
		queryType: 'WOCompl',
		fields: {
			...transactionFields,
			createdFrom: shown(ref('workOrder')),
			item: shown(ref(...assemblies)),
			completedQuantity: number,
			scrapQuantity: number,
			isBackflush: flag,
			startDateTime: text,
			endDateTime: text,
			inventoryDetail: json,
			component: sublist(componentLine),
		},
	},
	{
		name: 'workOrderIssue',
		family: 'transaction',
		naming: 'tranId',
		numbering: 'WOI',
		queryType: 'WOIssue',
		fields: {
			...transactionFields,
			createdFrom: shown(ref('workOrder')),
			item: shown(ref(...assemblies)),
			component: sublist(componentLine),
		},
	},
	{
		name: 'workOrderClose',
		family: 'transaction',
		naming: 'tranId',
		numbering: 'WOX',
		queryType: 'WOClose',
		fields: { ...transactionFields, createdFrom: shown(ref('workOrder')), item: shown(ref(...assemblies)) },
	},
	{
		name: 'assemblyBuild',
		family: 'transaction',
		naming: 'tranId',
		numbering: 'AB',
		queryType: 'Build',
		fields: {
			...transactionFields,
			createdFrom: ref('workOrder'),
			item: ref(...assemblies),
			quantity: number,
			inventoryDetail: json,
			component: sublist(componentLine),
		},
	},
	{
		name: 'salesOrder',
		family: 'transaction',
		naming: 'tranId',
		numbering: 'SO',
		queryType: 'SalesOrd',
		label: 'Sales Order',
		fields: {
			...transactionFields,
			entity: needed(ref('customer')),
			otherRefNum: text,
			orderStatus: orderStatus(
				{ A: 'Pending Approval', B: 'Pending Fulfillment', F: 'Pending Billing', G: 'Billed', H: 'Closed' },
				'B',
			),
			item: sublist(soldLine),
		},
	},
	{
		name: 'invoice',
		family: 'transaction',
		naming: 'tranId',
		numbering: 'INV',
		queryType: 'CustInvc',
		fields: {
			...transactionFields,
			entity: needed(ref('customer')),
			createdFrom: ref('salesOrder'),
			dueDate: date,
			item: sublist(soldLine),
		},
	},
	{
		name: 'assemblyItem',
		family: 'item',
		naming: 'itemId',
		fields: { ...itemFields, member: sublist({ item: needed(ref(...items)), quantity: number }) },
	},
	{ name: 'inventoryItem', family: 'item', naming: 'itemId', fields: itemFields },
	{
		name: 'inventoryNumber',
		family: 'inventoryNumber',
		naming: 'inventoryNumber',
		fields: {
			...everywhere,
			inventoryNumber: needed(text),
			item: needed(ref(...items)),
			memo: text,
			expirationDate: date,
			quantityAvailable: shown(number),
		},
	},
	{
		name: 'customer',
		family: 'entity',
		naming: 'entityId',
		fields: {
			...everywhere,
			entityId: text,
			companyName: text,
			email: text,
			phone: text,
			isPerson: flag,
			subsidiary: json,
			comments: text,
		},
	},
];

const byName = new Map(recordTypes.map((type) => [type.name.toLowerCase(), type]));

/** @throws NetSuiteError (404) */
export function recordType(name: string): RecordType {
	const type = byName.get(name.toLowerCase());
	if (!type) throw noSuchType(name);
	return type;
}

/** Custom fields (`custbody_...`, `custitem_...` and so on) exist everywhere, as if a customer had added them. */
export const isCustomField = (name: string): boolean => /^cust(body|col|item|entity|record|itemnumber)\w*$/.test(name);

/** @throws NetSuiteError (400): unknown names are refused unless the client asks otherwise by header */
export function fieldOf(fields: Fields, name: string, path: string): Field {
	if (Object.hasOwn(fields, name) && fields[name]) return fields[name];
	if (isCustomField(name)) return text;
	throw invalidContent(`Invalid content in the request body: unknown field '${name}'.`, path);
}
