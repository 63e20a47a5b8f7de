import { isObject, type JsonObject } from '../web/http.mts';
import { parseFaults } from '../web/faults.mts';
import type { Site } from './site.mts';
import { readDialect, readSwitches } from './switches.mts';
import { entityNames, schema, type TableName } from './schema.mts';

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
			return state(site);
		case 'GET records':
			return { records: [...site.db.table(tableName(query.get('table'))).rows.values()] };
		case 'GET calls':
			return callsSince(site, Number(query.get('since') ?? 0));
		case 'POST reset':
			return reset(site, input);
		case 'POST switches':
			return setSwitches(site, input);
		case 'POST faults':
			site.faults = parseFaults(input);
			return site.faults;
		default:
			return undefined;
	}
}

function tableName(name: string | null): TableName {
	if (name === null || !Object.hasOwn(schema, name)) throw new Error(`table must be one of ${Object.keys(schema).join(', ')}`);
	return name as TableName;
}

const callsSince = (site: Site, since: number): unknown[] =>
	site.calls.since(since).map(({ detail, ...call }) => ({ ...call, ...(isObject(detail) ? detail : {}) }));

function reset(site: Site, { dialect = site.dialect, seed = site.settings.seed }: JsonObject): unknown {
	if (typeof seed !== 'number' || !Number.isInteger(seed) || seed < 0 || seed > 2 ** 31) {
		throw new Error(`seed must be an integer from 0 to ${2 ** 31}`);
	}
	site.reset(readDialect(dialect), seed);
	return state(site);
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

function state(site: Site): JsonObject {
	return {
		dialect: site.dialect,
		seed: site.settings.seed,
		switches: site.switches,
		faults: site.faults,
		counts: Object.fromEntries(entityNames.map((name) => [name, site.db.table(name).rows.size])),
		callCount: site.calls.total,
	};
}
