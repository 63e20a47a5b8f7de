import { isObject, type JsonObject } from '../web/http.mts';
import { parseFaults } from '../web/faults.mts';
import { pickedLines } from './consumption.mts';
import type { Row } from './database.mts';
import { lotsOf } from './production.mts';
import { makeOrders } from './seed.mts';
import type { Site } from './site.mts';

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
			return { records: records(site, query.get('model') ?? '') };
		case 'GET calls':
			return site.calls.since(Number(query.get('since') ?? 0));
		case 'POST reset':
			site.reset(input.seed === undefined ? undefined : integer(input, 'seed', 0, 2 ** 31));
			return state(site);
		case 'POST records':
			return createRecord(site, input);
		case 'POST orders':
			return createOrders(site, input);
		case 'POST faults':
			site.faults = parseFaults(input);
			return site.faults;
		case 'POST refuse':
			return setRefusal(site, input);
		default:
			return undefined;
	}
}

/** Changes with every record and every call: a client that gives the one it knows gets no state again. */
const revision = ({ orm: { db }, calls }: Site): number => db.revision + calls.total;

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
	const { model, values } = input;
	if (typeof model !== 'string' || !isObject(values)) throw new Error('Expected {model, values}');
	const row = site.orm.create(model, values);
	return site.orm.read(model, [row])[0];
}

function createOrders(site: Site, input: JsonObject): unknown {
	const { partNumber, quantity = 1, origin } = input;
	if (typeof partNumber !== 'string') throw new Error('partNumber must be a text');
	if (typeof quantity !== 'number' || !(quantity > 0)) throw new Error('quantity must be a positive number');
	const count = input.count === undefined ? 1 : integer(input, 'count', 1, 10_000);
	const rows = makeOrders(site.orm, count, partNumber, quantity, typeof origin === 'string' ? origin : undefined);
	return { orders: rows.map((row) => ({ id: row.id, name: row.values.name })) };
}

/** `{model, id, message}` makes every write to this record fail with a validation error; without a message: no more. */
function setRefusal(site: Site, { model, id, message }: JsonObject): unknown {
	if (typeof model !== 'string' || typeof id !== 'number') throw new Error('Expected {model, id, message?}');
	const [row] = site.orm.db.get(model, [id]);
	if (typeof message === 'string') site.refusals.set(`${row.model}:${row.id}`, message);
	else site.refusals.delete(`${row.model}:${row.id}`);
	return { refusals: Object.fromEntries(site.refusals) };
}

const records = (site: Site, model: string): unknown[] => {
	if (!site.orm.db.hasModel(model)) throw new Error(`Unknown model ${JSON.stringify(model)}`);
	return site.orm.read(model, site.orm.search(model, {}));
};

function state(site: Site, limit = defaultLimit): JsonObject {
	const { db } = site.orm;
	const { database, seed, version } = site.settings;
	const newest = (model: string): Row[] => db.rows(model).slice(-limit).reverse();
	return {
		revision: revision(site),
		database,
		seed,
		version,
		faults: site.faults,
		refusals: Object.fromEntries(site.refusals),
		counts: Object.fromEntries(db.modelNames().map((name) => [name, db.count(name)])),
		stateCounts: countStates(db.rows('mrp.production')),
		orders: newest('mrp.production').map((row) => order(site, row)),
		lots: newest('stock.lot').map((row) => lot(site, row)),
		products: db.rows('product.product').map((row) => ({
			id: row.id,
			partNumber: row.values.default_code ?? '',
			name: row.values.name,
			tracking: db.value(row, 'tracking'),
			onHand: db.value(row, 'qty_available'),
			outside: db.touched(row),
		})),
		messages: newest('mail.message').map((row) => ({
			id: row.id,
			model: row.values.model,
			recordId: row.values.res_id,
			subject: row.values.subject ?? '',
			body: row.values.body,
			outside: db.touched(row),
		})),
		activities: newest('mail.activity').map((row) => ({
			id: row.id,
			model: db.value(row, 'res_model'),
			recordId: row.values.res_id,
			summary: row.values.summary ?? '',
			note: row.values.note ?? '',
			user: db.related(row, 'user_id')?.values.name ?? '',
		})),
		calls: site.calls.latest(30),
		callCount: site.calls.total,
	};
}

function countStates(orders: readonly Row[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { values } of orders) counts[String(values.state)] = (counts[String(values.state)] ?? 0) + 1;
	return counts;
}

function order(site: Site, row: Row): JsonObject {
	const { db } = site.orm;
	const product = db.related(row, 'product_id');
	return {
		id: row.id,
		name: row.values.name,
		partNumber: product?.values.default_code ?? '',
		product: product?.values.name ?? '',
		quantity: db.value(row, 'product_qty'),
		producing: db.value(row, 'qty_producing'),
		produced: db.value(row, 'qty_produced'),
		state: row.values.state,
		origin: db.value(row, 'origin') || '',
		serials: lotsOf(db, row).map((each) => each.values.name),
		consumed: consumed(site, row),
		custom: custom(row),
		outside: db.touched(row),
	};
}

function consumed(site: Site, row: Row): JsonObject[] {
	const { db } = site.orm;
	return db.relatedMany(row, 'move_raw_ids').flatMap((move) =>
		pickedLines(db, move).map((line) => ({
			partNumber: db.related(move, 'product_id')?.values.default_code ?? '',
			serial: db.related(line, 'lot_id')?.values.name ?? '',
			quantity: db.value(line, 'quantity'),
		})),
	);
}

function lot(site: Site, row: Row): JsonObject {
	const { db } = site.orm;
	return {
		id: row.id,
		name: row.values.name,
		partNumber: db.related(row, 'product_id')?.values.default_code ?? '',
		onHand: db.value(row, 'product_qty'),
		custom: custom(row),
		outside: db.touched(row),
	};
}

/** The customer's own fields that hold something. */
const custom = (row: Row): JsonObject =>
	Object.fromEntries(
		Object.entries(row.values).filter(([name, value]) => name.startsWith('x_') && value !== undefined),
	);
