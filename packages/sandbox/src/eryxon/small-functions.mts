import { crud } from './crud.mts';
import { isAlive } from './database.mts';
import { ApiError, badRequest, conflict, notFound } from './errors.mts';
import { ok, readBody, type ApiAnswer, type ApiRequest } from './request.mts';
import type { Site } from './site.mts';

const demand = (request: ApiRequest, method: string): void => {
	if (request.method !== method) throw new ApiError(405, 'METHOD_NOT_ALLOWED', `Method ${request.method} not allowed`);
};

/** `GET /api-materials`: the distinct materials of all parts. */
export function materials(site: Site, request: ApiRequest): ApiAnswer {
	demand(request, 'GET');
	const names = new Set<string>();
	for (const part of site.db.table('parts').rows.values()) if (isAlive(part)) names.add(String(part.material));
	return ok({ materials: [...names].sort() });
}

/** Scrap reasons that were used cannot be deleted. */
export function scrapReasons(site: Site, request: ApiRequest): ApiAnswer {
	return crud(site, 'scrap_reasons', request, {
		hidden: [],
		hardDelete: true,
		beforeDelete: (row) => {
			for (const _used of site.db.table('operation_quantities').pointingTo('scrap_reason_id', row.id)) {
				throw conflict('Scrap reason is in use and cannot be deleted');
			}
		},
	});
}

/** `POST /api-upload-url`: where a file could be put. The double keeps no files. */
export function uploadUrl(site: Site, request: ApiRequest): ApiAnswer {
	demand(request, 'POST');
	const { filename, content_type: type, job_number: job = 'general' } = readBody(request, site.dialect);
	if (!filename || !type) throw badRequest('filename and content_type are required');
	const path = `${String(job)}/${String(filename)}`;
	const expires = new Date(Date.now() + 15 * 60_000).toISOString();
	return ok({
		upload_url: `/storage/v1/object/upload/sign/parts-cad/${path}?token=sandbox`,
		file_path: path,
		expires_at: expires,
	});
}

/** `POST /api-batch-lifecycle/{start|stop|add-operations}?id=` and `GET .../monitor?id=` */
export function batchLifecycle(site: Site, request: ApiRequest): ApiAnswer {
	const { db } = site;
	const batch = db.alive('operation_batches', request.query.get('id'));
	if (!batch) throw notFound('Batch');
	if (request.action === 'monitor') {
		const ids = Array.isArray(batch.operation_ids) ? batch.operation_ids : [];
		return ok({ batch: { ...batch }, operations: ids.map((id) => db.get('operations', id)).filter(Boolean) });
	}
	demand(request, 'POST');
	const body = readBody(request, site.dialect);
	const previous = batch.status;
	if (request.action === 'add-operations') {
		if (!Array.isArray(body.operation_ids))
			throw new ApiError(400, 'VALIDATION_ERROR', 'operation_ids must be an array');
		const known = Array.isArray(batch.operation_ids) ? (batch.operation_ids as unknown[]) : [];
		db.update('operation_batches', batch, { operation_ids: [...new Set([...known, ...body.operation_ids])] });
		return ok({ batch: { ...batch } });
	}
	const automated = body.production_mode === 'automated' && batch.batch_type === 'laser_nesting';
	if (!body.operator_id && !automated) throw new ApiError(400, 'VALIDATION_ERROR', 'operator_id is required');
	const start = request.action === 'start';
	if (!start && request.action !== 'stop')
		throw new ApiError(400, 'INVALID_OPERATION', `Unknown operation "${request.action}"`);
	const allowed = start ? ['draft', 'ready'] : ['in_progress'];
	if (!allowed.includes(String(previous))) {
		const message = `Cannot ${request.action} a batch with status ${String(previous)}`;
		throw site.dialect === 'g3' ? conflict(message) : new ApiError(400, 'INVALID_STATE_TRANSITION', message);
	}
	const now = db.now();
	db.update(
		'operation_batches',
		batch,
		start ? { status: 'in_progress', started_at: now } : { status: 'completed', completed_at: now },
	);
	if (site.dialect !== 'g3') {
		const data = {
			batch_id: batch.id,
			batch_number: batch.batch_number,
			previous_status: previous,
			new_status: batch.status,
		};
		site.webhooks.emit(`batch.${start ? 'started' : 'completed'}`, data);
	}
	return ok({ batch: { ...batch }, previous_status: previous, new_status: batch.status });
}
