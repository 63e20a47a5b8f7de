import { isObject, type JsonObject } from '../web/http.mts';
import { parseFaults } from '../web/faults.mts';
import { assignments } from './manufacturing.mts';
import { handleRecords } from './records.mts';
import { statusText } from './render.mts';
import { isCustomField, recordTypes } from './schema.mts';
import { makeWorkOrders } from './seed.mts';
import { isPassingCode, statusOf } from './errors.mts';
import type { NetsuiteFaults, Site } from './site.mts';
import type { Row, Store, Values } from './store.mts';

/** The HTTP control API of the double, for tests and the page. Throws an Error with a plain message on bad input. */
export function handleControl(
	site: Site,
	method: string,
	path: string,
	query: URLSearchParams,
	body: unknown,
): unknown {
	const input: JsonObject = isObject(body) ? body : {};
	switch (`${method} ${path}`) {
		case 'GET state':
			return query.get('revision') === String(revision(site))
				? { revision: revision(site) }
				: state(site, limitOf(query));
		case 'GET records':
			return { records: site.store.all(query.get('type') ?? '').map((row) => ({ id: row.id, ...row.values })) };
		case 'GET calls':
			return site.calls.since(Number(query.get('since') ?? 0));
		case 'GET logins':
			return { refused: site.refusedLogins };
		case 'POST reset':
			site.reset(input.seed === undefined ? undefined : integer(input, 'seed', 0, 2 ** 31));
			return state(site);
		case 'POST records':
			return createRecord(site, input);
		case 'POST orders':
			return createOrders(site, input);
		case 'POST faults':
			site.faults = faultsOf(input);
			return site.faults;
		case 'POST switches':
			return setSwitches(site, input);
		case 'GET machine':
			return machine(site);
		case 'POST machine':
			return setMachine(site, input);
		case 'POST machine/mappings':
			return setMapping(site, input);
		case 'POST tokens':
			return setTokens(site, input);
		default:
			return undefined;
	}
}

/** Changes with every record and every call: a client that gives the one it knows gets no state again. */
const revision = ({ store, calls }: Site): number => store.revision + calls.total;

/** At most this many records of a kind are in the state, the newest ones. */
const limitOf = (query: URLSearchParams): number => Number(query.get('limit') ?? defaultLimit);
const defaultLimit = 1000;

function integer(input: JsonObject, name: string, min: number, max: number): number {
	const value = input[name];
	if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
		throw new Error(`${name} must be an integer from ${min} to ${max}`);
	}
	return value;
}

function createRecord(site: Site, input: JsonObject): unknown {
	const { type, values } = input;
	if (typeof type !== 'string' || !isObject(values)) throw new Error('Expected {type, values}');
	const { location = '' } = handleRecords(
		site.store,
		{ method: 'POST', segments: [type], query: new URLSearchParams(), headers: {}, body: values, base: '' },
		site.switches,
	);
	const row = site.store.get(type, location.split('/').at(-1) ?? '');
	site.store.touches.delete(row);
	return { id: row.id, ...row.values };
}

function createOrders(site: Site, input: JsonObject): unknown {
	const { partNumber, quantity = 1, tranId } = input;
	if (tranId !== undefined && typeof tranId !== 'string') throw new Error('tranId must be a text');
	if (typeof partNumber !== 'string') throw new Error('partNumber must be a text');
	if (typeof quantity !== 'number' || !(quantity > 0)) throw new Error('quantity must be a positive number');
	const count = input.count === undefined ? 1 : integer(input, 'count', 1, 10_000);
	const rows = makeWorkOrders(site.store, count, partNumber, quantity, undefined, tranId);
	return { orders: rows.map((row) => ({ id: row.id, tranId: row.values.tranId, externalId: row.values.externalId })) };
}

/** A code alone stands for its status. */
function faultsOf(input: JsonObject): NetsuiteFaults {
	const { code } = input;
	if (code === undefined) return { ...parseFaults(input), code: '' };
	return { ...parseFaults({ status: statusOf(code), ...input }), code: isPassingCode(code) ? code : '' };
}

function setSwitches(site: Site, input: JsonObject): unknown {
	const { assemblySerials, componentSerials, overage } = { ...site.switches, ...input };
	if (assemblySerials !== 'required' && assemblySerials !== 'optional') {
		throw new Error("assemblySerials must be 'required' or 'optional'");
	}
	if (componentSerials !== 'inStock' && componentSerials !== 'any') {
		throw new Error("componentSerials must be 'inStock' or 'any'");
	}
	if (overage !== 'refused' && overage !== 'allowed') throw new Error("overage must be 'refused' or 'allowed'");
	const concurrencyLimit = integer({ ...site.switches, ...input }, 'concurrencyLimit', 0, 1000);
	site.switches = { assemblySerials, componentSerials, overage, concurrencyLimit };
	return site.switches;
}

/** The page *OAuth 2.0 Client Credentials (M2M) Setup*, and the account's clock. */
const machine = ({ machine: signIn, settings }: Site): JsonObject => ({
	clientId: settings.clientId,
	...signIn.obey({}),
	mappings: signIn.all().map(({ certificateId, revoked, validUntil }) => ({ certificateId, revoked, validUntil })),
});

function setMachine(site: Site, input: JsonObject): unknown {
	const { clockAheadSeconds, repeatedAssertion } = { ...site.machine.obey({}), ...input };
	if (typeof clockAheadSeconds !== 'number') throw new Error('clockAheadSeconds must be a number');
	if (repeatedAssertion !== 'accepted' && repeatedAssertion !== 'refused') {
		throw new Error("repeatedAssertion must be 'accepted' or 'refused'");
	}
	site.machine.obey({ clockAheadSeconds, repeatedAssertion });
	return machine(site);
}

/** `{certificate}` maps one more, `{certificateId, revoked?, validUntil?}` changes one; without an id the first one. */
function setMapping(site: Site, input: JsonObject): unknown {
	const { certificate, certificateId, revoked, validUntil } = input;
	const [first] = site.machine.all();
	const mapping =
		typeof certificate === 'string' ? site.machine.map(certificate) : site.machine.mapping(String(certificateId ?? first?.certificateId));
	if (revoked !== undefined) {
		if (typeof revoked !== 'boolean') throw new Error('revoked must be true or false');
		mapping.revoked = revoked;
	}
	if (validUntil !== undefined) {
		const end = new Date(String(validUntil));
		if (Number.isNaN(end.getTime())) throw new Error('validUntil must be a date');
		mapping.validUntil = end;
	}
	return { certificateId: mapping.certificateId, revoked: mapping.revoked, validUntil: mapping.validUntil };
}

function setTokens(site: Site, input: JsonObject): unknown {
	const { refuse = 'none' } = input;
	if (refuse !== 'none' && refuse !== 'issued' && refuse !== 'all') {
		throw new Error("refuse must be 'none', 'issued' or 'all'");
	}
	const lifeSeconds = input.lifeSeconds === undefined ? undefined : integer(input, 'lifeSeconds', 1, 3600);
	site.tokens.obey({ lifeSeconds, refuse });
	return { lifeSeconds, refuse };
}

function state(site: Site, limit = defaultLimit): JsonObject {
	const { store, settings, switches, faults, calls, refusedLogins } = site;
	const newest = (type: string): Row[] => store.all(type).slice(-limit).reverse();
	const made = madeFrom(store);
	return {
		revision: revision(site),
		accountId: settings.accountId,
		seed: settings.seed,
		switches,
		faults,
		counts: Object.fromEntries(recordTypes.map(({ name }) => [name, store.count(name)])),
		statusCounts: countStatuses(store.all('workOrder')),
		orders: newest('workOrder').map((row) => order(store, row, made.get(row) ?? [])),
		completions: [...newest('workOrderCompletion'), ...newest('assemblyBuild')].map((row) => completion(store, row)),
		issues: newest('workOrderIssue').map((row) => ({
			...basics(store, row),
			workOrder: nameOf(store, row.values.createdFrom),
			components: lines(row.values.component).map((line) => ({
				partNumber: nameOf(store, line.item),
				quantity: line.quantity ?? assignments(line.componentInventoryDetail).length,
				serials: serialsOf(line.componentInventoryDetail),
			})),
		})),
		numbers: newest('inventoryNumber').map((row) => ({
			id: row.id,
			name: row.values.inventoryNumber,
			partNumber: nameOf(store, row.values.item),
			outside: store.touches.get(row),
		})),
		refusedLogins: [...refusedLogins].reverse().slice(0, 10),
		calls: calls.latest(30),
		callCount: calls.total,
	};
}

const lines = (value: unknown): Values[] => (Array.isArray(value) ? (value as Values[]) : []);

const nameOf = (store: Store, value: unknown): string => {
	const row = store.follow(value);
	return row ? store.name(row) : '';
};

const basics = (store: Store, row: Row): JsonObject => ({
	id: row.id,
	type: row.type.name,
	tranId: row.values.tranId,
	externalId: row.values.externalId ?? '',
	custom: Object.fromEntries(Object.entries(row.values).filter(([name]) => isCustomField(name))),
	outside: store.touches.get(row),
});

function serialsOf(detail: unknown): string[] {
	return assignments(detail).map(({ receiptInventoryNumber, issueInventoryNumber }) => {
		const given = receiptInventoryNumber ?? issueInventoryNumber;
		return String((isObject(given) ? (given.refName ?? given.id) : given) ?? '');
	});
}

function countStatuses(orders: readonly Row[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const row of orders) counts[statusText(row) ?? ''] = (counts[statusText(row) ?? ''] ?? 0) + 1;
	return counts;
}

/** Transactions made from work orders, by the work order. */
function madeFrom(store: Store): Map<Row | undefined, Row[]> {
	const made = new Map<Row | undefined, Row[]>();
	for (const row of [...store.all('workOrderCompletion'), ...store.all('assemblyBuild')]) {
		const source = store.follow(row.values.createdFrom);
		made.set(source, [...(made.get(source) ?? []), row]);
	}
	return made;
}

function order(store: Store, row: Row, made: readonly Row[]): JsonObject {
	return {
		...basics(store, row),
		partNumber: nameOf(store, row.values.assemblyItem),
		product: store.follow(row.values.assemblyItem)?.values.displayName ?? '',
		quantity: row.values.quantity,
		built: row.values.built ?? 0,
		status: statusText(row),
		wip: row.values.isWip,
		serials: made.flatMap((each) => serialsOf(each.values.inventoryDetail)),
	};
}

const completion = (store: Store, row: Row): JsonObject => ({
	...basics(store, row),
	workOrder: nameOf(store, row.values.createdFrom),
	partNumber: nameOf(store, row.values.item),
	quantity: row.values.completedQuantity ?? row.values.quantity,
	memo: row.values.memo ?? '',
	serials: serialsOf(row.values.inventoryDetail),
});
