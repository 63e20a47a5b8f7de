import { crud, type CrudRules } from './crud.mts';
import { ApiError } from './errors.mts';
import { firstCrud } from './g1/crud.mts';
import { firstBulkOne, firstSyncOne } from './g1/sync.mts';
import { readBody, type ApiAnswer, type ApiRequest } from './request.mts';
import { isEntity, type EntityName, type TableName } from './schema.mts';
import type { Site } from './site.mts';
import { bulkItems, bulkSync, syncAnswer, syncOne } from './sync.mts';

/** A deployed function: answers or throws an ApiError or a DatabaseError. */
export type ApiFunction = (site: Site, request: ApiRequest) => ApiAnswer;

/** Functions that are nothing but the shared builder over a table. */
const plainTables: Readonly<Record<string, TableName>> = {
	'api-operation-quantities': 'operation_quantities',
	'api-time-entries': 'time_entries',
	'api-issues': 'issues',
	'api-assignments': 'assignments',
	'api-substeps': 'substeps',
	'api-templates': 'substep_templates',
	'api-batches': 'operation_batches',
};

const rulesOf = (site: Site, table: TableName): CrudRules => {
	const soft = ['jobs', 'parts', 'operations', 'resources'].includes(table) && site.switches.deletes === 'soft';
	return { hidden: [], hardDelete: !soft };
};

function entity(site: Site, name: EntityName, request: ApiRequest): ApiAnswer {
	const first = site.dialect === 'g1';
	if (request.method === 'PUT' && request.action === 'sync') {
		const item = readBody(request, site.dialect);
		return syncAnswer(site, name, first ? firstSyncOne(site, name, item) : syncOne(site, name, item));
	}
	if (request.method === 'POST' && request.action === 'bulk-sync') {
		return bulkSync(site, name, bulkItems(site, name, request), first ? firstBulkOne(site) : syncOne);
	}
	return first ? firstCrud(site, name, request) : crud(site, name, request, rulesOf(site, name));
}

/** The function of this name if this generation has it. */
export function functionNamed(_site: Site, name: string): ApiFunction | undefined {
	const table = name.replace(/^api-/, '');
	if (name.startsWith('api-') && isEntity(table)) return (site, request) => entity(site, table, request);
	if (Object.hasOwn(plainTables, name)) {
		const plain = plainTables[name];
		return (site, request) => crud(site, plain, request, rulesOf(site, plain));
	}
	if (name === 'api-export' || name === 'api-key-generate') {
		return () => {
			throw new ApiError(401, 'UNAUTHORIZED', 'Invalid or expired session');
		};
	}
	return undefined;
}
