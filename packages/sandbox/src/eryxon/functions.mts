import { crud, type CrudRules } from './crud.mts';
import { ApiError, DatabaseError } from './errors.mts';
import { erpSync } from './erp-sync.mts';
import { firstCrud } from './g1/crud.mts';
import { firstBulkOne, firstSyncOne } from './g1/sync.mts';
import { webhooksFunction } from './hooks-function.mts';
import { jobLifecycle, operationLifecycle } from './lifecycle.mts';
import { readBody, type ApiAnswer, type ApiRequest } from './request.mts';
import { isEntity, type EntityName, type TableName } from './schema.mts';
import type { Site } from './site.mts';
import { batchLifecycle, materials, scrapReasons, uploadUrl } from './small-functions.mts';
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

const sessionOnly: ApiFunction = () => {
	throw new ApiError(401, 'UNAUTHORIZED', 'Invalid or expired session');
};

const ownFunctions: Readonly<Record<string, ApiFunction>> = {
	'api-erp-sync': erpSync,
	'api-job-lifecycle': jobLifecycle,
	'api-operation-lifecycle': operationLifecycle,
	'api-batch-lifecycle': batchLifecycle,
	'api-materials': materials,
	'api-scrap-reasons': scrapReasons,
	'api-upload-url': uploadUrl,
	'api-webhooks': webhooksFunction,
	'api-webhook-logs': (site, request) => crud(site, 'webhook_logs', request, { hidden: [], readOnly: true }),
	'api-webhook-deliveries': (site, request) =>
		crud(site, 'webhook_deliveries', request, { hidden: [], readOnly: true }),
	'api-export': sessionOnly,
	'api-key-generate': sessionOnly,
};

const rulesOf = (site: Site, table: TableName): CrudRules => {
	const soft = ['jobs', 'parts', 'operations', 'resources'].includes(table) && site.switches.deletes === 'soft';
	return { hidden: [], hardDelete: !soft };
};

function entity(site: Site, name: EntityName, request: ApiRequest): ApiAnswer {
	const first = site.dialect === 'g1';
	if (request.method === 'PUT' && request.action === 'sync') {
		const item = readBody(request, site.dialect);
		const synced = first
			? firstSyncOne(site, name, item)
			: DatabaseError.during(`sync ${name}`, () => syncOne(site, name, item));
		return syncAnswer(site, name, synced);
	}
	if (request.method === 'POST' && request.action === 'bulk-sync') {
		return bulkSync(site, name, bulkItems(site, name, request), first ? firstBulkOne(site) : syncOne);
	}
	return first ? firstCrud(site, name, request) : crud(site, name, request, rulesOf(site, name));
}

/** The function of this name if this generation has it. */
export function functionNamed(site: Site, name: string): ApiFunction | undefined {
	if (!isDeployed(site, name)) return undefined;
	const table = name.replace(/^api-/, '');
	if (name.startsWith('api-') && isEntity(table)) return (_site, request) => entity(site, table, request);
	if (Object.hasOwn(plainTables, name)) {
		return (_site, request) => crud(site, plainTables[name], request, rulesOf(site, plainTables[name]));
	}
	return Object.hasOwn(ownFunctions, name) ? ownFunctions[name] : undefined;
}

function isDeployed(site: Site, name: string): boolean {
	if (name === 'api-job-lifecycle') return site.switches.jobLifecycle;
	if (name === 'api-webhook-deliveries') return site.dialect === 'g3';
	if (name === 'api-webhook-logs') return site.dialect !== 'g3';
	return true;
}
