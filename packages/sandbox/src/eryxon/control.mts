import { isObject, type JsonObject } from '../web/http.mts';
import { parseFaults } from '../web/faults.mts';
import { reportProduction, stepJob, stepOperations } from './floor.mts';
import { readStep } from './lifecycle.mts';
import { schema, type TableName } from './schema.mts';
import { makeJob } from './seed.mts';
import type { Site } from './site.mts';
import { revision, state } from './state.mts';
import { definitions, readDialect, readSwitches } from './switches.mts';
import type { Row } from './table.mts';

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
				: state(site, Number(query.get('limit') ?? 1000));
		case 'GET records':
			return { records: [...site.db.table(tableName(query.get('table'))).rows.values()] };
		case 'GET calls':
			return callsSince(site, Number(query.get('since') ?? 0));
		case 'GET deliveries':
			return { pending: site.webhooks.pending, deliveries: site.webhooks.deliveries };
		case 'GET switches':
			return { dialect: site.dialect, switches: site.switches, definitions };
		case 'POST reset':
			return reset(site, input);
		case 'POST switches':
			return setSwitches(site, input);
		case 'POST faults':
			site.faults = parseFaults(input);
			return site.faults;
		case 'POST orders':
			return createJobs(site, input);
		case 'POST records':
			return { ...site.db.insert(tableName(input.table), valuesOf(input)) };
		case 'POST records/many':
			return insertMany(site, input);
		case 'POST records/update':
			return { ...site.db.update(tableName(input.table), rowOf(site, input), valuesOf(input)) };
		case 'POST records/delete':
			return deleteRecord(site, input);
		case 'POST jobs/start':
			return { ...stepJob(site, 'start', input) };
		case 'POST jobs/complete':
			return { ...stepJob(site, 'complete', input) };
		case 'POST production/report':
			return { ...reportProduction(site, input) };
		case 'POST webhooks/test':
			return testWebhooks(site, input);
		case 'POST webhooks/send':
			return sendEvent(site, input);
		case 'POST webhooks/again':
			return site.webhooks.sendAgain(String(input.deliveryId));
		default:
			return method === 'POST' && path.startsWith('operations/') ? operations(site, path, input) : undefined;
	}
}

function operations(site: Site, path: string, input: JsonObject): unknown {
	const step = readStep(path.slice('operations/'.length));
	return step && { operations: stepOperations(site, step, input).map((row) => ({ ...row })) };
}

function tableName(name: unknown): TableName {
	if (typeof name !== 'string' || !Object.hasOwn(schema, name)) {
		throw new Error(`table must be one of ${Object.keys(schema).join(', ')}`);
	}
	return name as TableName;
}

function valuesOf({ values }: JsonObject): JsonObject {
	if (!isObject(values)) throw new Error('values must be an object');
	return values;
}

/** `{table, rows: [values, ...]}`, one statement for each. */
function insertMany(site: Site, { table, rows }: JsonObject): unknown {
	if (!Array.isArray(rows)) throw new Error('rows must be an array');
	return { ids: rows.map((values) => site.db.insert(tableName(table), valuesOf({ values })).id) };
}

function rowOf(site: Site, { table, id }: JsonObject): Row {
	const row = site.db.get(tableName(table), id);
	if (!row) throw new Error(`There is no record ${String(id)} in ${String(table)}`);
	return row;
}

/** As in the browser: five tables keep a deleted row and mark it, unless `hard` is asked for. */
function deleteRecord(site: Site, input: JsonObject): unknown {
	const table = tableName(input.table);
	const row = rowOf(site, input);
	if (input.hard === true || !Object.hasOwn(schema[table].columns, 'deleted_at')) site.db.remove(table, row);
	else site.db.update(table, row, { deleted_at: site.db.now() });
	return { ...row };
}

const callsSince = (site: Site, since: number): unknown[] =>
	site.calls.since(since).map(({ detail, ...call }) => ({ ...call, ...(isObject(detail) ? detail : {}) }));

function integer(input: JsonObject, name: string, fallback: number, min: number, max: number): number {
	const value = input[name] ?? fallback;
	if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
		throw new Error(`${name} must be an integer from ${min} to ${max}`);
	}
	return value;
}

function reset(site: Site, input: JsonObject): unknown {
	const seed = integer(input, 'seed', site.settings.seed, 0, 2 ** 31);
	site.reset(readDialect(input.dialect ?? site.dialect), seed);
	return state(site, 100);
}

/** `{dialect?, name: value, ...}`: another dialect sets all switches to its defaults first. */
function setSwitches(site: Site, { dialect, ...given }: JsonObject): unknown {
	const wanted = dialect === undefined ? undefined : readDialect(dialect);
	const values = readSwitches(given);
	if (wanted) site.speak(wanted);
	Object.assign(site.switches, values);
	site.db.revision += 1;
	return { dialect: site.dialect, ...site.switches };
}

/** Jobs as somebody enters them in the browser. */
function createJobs(site: Site, input: JsonObject): unknown {
	const { partNumber, customer = 'Walk-in customer' } = input;
	if (typeof partNumber !== 'string') throw new Error('partNumber must be a text');
	if (typeof customer !== 'string') throw new Error('customer must be a text');
	const count = integer(input, 'count', 1, 1, 10_000);
	const quantity = integer(input, 'quantity', 1, 1, 1_000_000);
	const made: Row[] = [];
	let number = site.db.table('jobs').rows.size;
	while (made.length < count) {
		number += 1;
		const jobNumber = `JOB-${String(number).padStart(4, '0')}`;
		if (site.db.table('jobs').find('jobs_tenant_id_job_number_key', jobNumber)) continue;
		const job = makeJob(site.db, { jobNumber, customer, partNumber, quantity });
		// The browser told about a new job in its own words before 0.11.
		if (site.dialect !== 'g3')
			site.webhooks.emit('job.created', { job_id: job.id, job_number: jobNumber, customer, parts_count: 1 });
		made.push(job);
	}
	return { jobs: made.map((job) => ({ id: job.id, jobNumber: job.job_number })) };
}

/** The test button of the webhooks page: to one webhook, or to all. */
function testWebhooks(site: Site, { id }: JsonObject): unknown {
	const hooks = [...site.db.table('webhooks').rows.keys()].filter((each) => id === undefined || each === id);
	if (hooks.length === 0) throw new Error('There is no such webhook');
	for (const hook of hooks) site.webhooks.emit('webhook.test', { message: 'This is a test' }, hook);
	return { sent: hooks.length };
}

function sendEvent(site: Site, { event, data = {} }: JsonObject): unknown {
	if (typeof event !== 'string') throw new Error('event must be a text');
	site.webhooks.emit(event, data);
	return { pending: site.webhooks.pending };
}
