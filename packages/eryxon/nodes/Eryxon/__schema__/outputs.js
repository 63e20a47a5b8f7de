'use strict';

/** What the operations return; see scripts/output-schemas.js. Records have the fields of their kind. */
const { ENTITIES } = require('../../../dist/nodes/shared/core/entities');

const TYPES = { text: 'string', id: 'string', dateTime: 'string', integer: 'number', number: 'number', boolean: 'boolean', object: 'object', textList: 'array' };

const outputs = {
	'erpSync/preview': { status: 'string', id: 'string?', external_id: 'string', external_source: 'string', sync_hash: 'string', changes: 'array' },
	'issue/create': { id: 'string', title: 'string', description: 'string', severity: 'string', status: 'string', operation_id: 'string', created_at: 'string' },
	'issue/getAll': {
		id: 'string',
		created_at: 'string',
		title: 'string',
		description: 'string',
		severity: 'string',
		status: 'string',
		type: 'string?',
		category: 'string?',
		operation_id: 'string',
		operation_name: 'string?',
	},
	'job/create': { id: 'string', job_number: 'string', status: 'string', parts: 'array' },
	'operation/reportQuantity': {
		action: 'string',
		id: 'string',
		operation_id: 'string',
		quantity_produced: 'number',
		quantity_good: 'number',
		quantity_scrap: 'number',
		quantity_rework: 'number',
		recorded_at: 'string',
	},
	'quantity/getAll': {
		id: 'string',
		recorded_at: 'string',
		good: 'number',
		scrap: 'number',
		rework: 'number',
		scrap_reason: 'string?',
		material_lot: 'string?',
		operation_name: 'string?',
		part_number: 'string?',
		job_number: 'string?',
	},
	'timeEntry/getAll': {
		id: 'string',
		start_time: 'string',
		end_time: 'string?',
		minutes: 'number?',
		type: 'string?',
		operator: 'string?',
		operation_name: 'string?',
		part_number: 'string?',
		job_number: 'string?',
		notes: 'string?',
	},
};

for (const [name, { fields }] of Object.entries(ENTITIES)) {
	const stored = fields.filter(({ only }) => !only || only.some((generation) => generation !== 'documented'));
	const own = Object.fromEntries(stored.map((field) => [field.name, `${TYPES[field.type]}?`]));
	const record = { id: 'string', ...own, created_at: 'string?', updated_at: 'string?' };
	for (const operation of ['get', 'getAll', 'update']) outputs[`${name}/${operation}`] = record;
	outputs[`${name}/delete`] = { deleted: 'boolean', id: 'string' };
}
const synced = { action: 'string', id: 'string?', external_id: 'string?', external_source: 'string?', sync_hash: 'string', confirmed_by: 'string?' };
for (const name of Object.keys(ENTITIES)) for (const operation of ['sync', 'bulkSync']) outputs[`${name}/${operation}`] = synced;
outputs['erpSync/sync'] = synced;
const moved = { id: 'string', changed: 'boolean', status: 'string', previous_status: 'string', operation: 'object' };
for (const operation of ['start', 'pause', 'resume', 'complete']) outputs[`operation/${operation}`] = moved;

module.exports = outputs;
