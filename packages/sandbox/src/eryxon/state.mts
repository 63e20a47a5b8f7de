import type { Call } from '../web/calls.mts';
import { isObject, type JsonObject } from '../web/http.mts';
import { isAlive } from './database.mts';
import { operationsOfJob } from './floor.mts';
import { entityNames, type EntityName, type TableName } from './schema.mts';
import type { Site } from './site.mts';
import type { Row } from './table.mts';

/** Changes with every record, call and delivery: a client that gives the one it knows gets no state again. */
export const revision = ({ db, calls, webhooks }: Site): number => db.revision + calls.total + webhooks.revision;

/** Everything the page and tests look at. @param limit newest records of each kind */
export function state(site: Site, limit: number): JsonObject {
	const { db, settings, switches, faults, calls, webhooks, quota } = site;
	const alive = (name: EntityName): number => {
		let count = 0;
		for (const row of db.table(name).rows.values()) if (isAlive(row)) count += 1;
		return count;
	};
	const newest = (name: TableName): Row[] => [...db.table(name).rows.values()].slice(-limit).reverse();
	return {
		revision: revision(site),
		dialect: settings.dialect,
		seed: settings.seed,
		switches,
		faults,
		requestsToday: quota.usedToday,
		counts: Object.fromEntries(entityNames.map((name) => [name, alive(name)])),
		deleted: Object.fromEntries(entityNames.map((name) => [name, db.table(name).rows.size - alive(name)])),
		quantities: db.table('operation_quantities').rows.size,
		jobs: newest('jobs').map((row) => job(site, row)),
		parts: newest('parts').map((row) => ({
			...basics(site, row),
			partNumber: row.part_number,
			jobNumber: db.get('jobs', row.job_id)?.job_number ?? '',
			material: row.material,
			quantity: row.quantity,
			status: row.status,
		})),
		operations: newest('operations').map((row) => operation(site, row)),
		cells: newest('cells').map((row) => ({
			...basics(site, row),
			name: row.name,
			sequence: row.sequence,
			color: row.color,
			active: row.active,
		})),
		resources: newest('resources').map((row) => ({
			...basics(site, row),
			name: row.name,
			type: row.type,
			status: row.status,
			location: row.location,
		})),
		webhooks: newest('webhooks').map(({ secret_key: _secret, ...row }) => row),
		pendingDeliveries: webhooks.pending,
		deliveries: webhooks.deliveries.slice(-30).reverse(),
		calls: calls.latest(30).map(withCounts),
		callCount: calls.total,
	};
}

const basics = ({ db }: Site, row: Row): JsonObject => ({
	id: row.id,
	externalId: row.external_id ?? '',
	externalSource: row.external_source ?? '',
	syncedAt: row.synced_at,
	deletedAt: row.deleted_at,
	outside: db.touches.get(row),
});

function job(site: Site, row: Row): JsonObject {
	const operations = operationsOfJob(site, row);
	return {
		...basics(site, row),
		jobNumber: row.job_number,
		customer: row.customer ?? '',
		dueDate: row.due_date,
		status: row.status,
		operations: operations.length,
		completed: operations.filter((each) => each.status === 'completed').length,
	};
}

function operation(site: Site, row: Row): JsonObject {
	const { db } = site;
	const part = db.get('parts', row.part_id);
	return {
		...basics(site, row),
		name: row.operation_name,
		sequence: row.sequence,
		partNumber: part?.part_number ?? '',
		jobNumber: db.get('jobs', part?.job_id)?.job_number ?? '',
		cell: db.get('cells', row.cell_id)?.name ?? '',
		estimatedTime: row.estimated_time,
		status: row.status,
	};
}

/** A call with its numbers of records beside the protocol, e.g. "g3 · 100 records · 98 created · 2 failed". */
function withCounts(call: Call): Call {
	const { counts } = isObject(call.detail) ? call.detail : {};
	const numbers = Object.entries(isObject(counts) ? counts : {}).filter(([, count]) => count !== 0);
	return {
		...call,
		protocol: [call.protocol, ...numbers.map(([name, count]) => `${String(count)} ${name}`)].join(' · '),
	};
}
