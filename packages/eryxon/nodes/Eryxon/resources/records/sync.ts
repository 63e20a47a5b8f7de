import type { INodeProperties } from 'n8n-workflow';

import type { Entity } from '../../../shared/core/entities';
import { apiVersionOption, emptyOption, fieldsDescription, sourceOption } from '../../helpers/fields';
import type { Execute } from '../../helpers/run';
import { bulkSync } from '../../sync/bulk';
import { syncAll } from '../../sync/single';
import { HASH_FIELD } from '../../sync/skip';
import { optionsOf } from './options';

const chunkSize: INodeProperties = {
	displayName: 'Records per Call',
	name: 'chunkSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1000, numberPrecision: 0 },
	default: 100,
	description: 'How many records to send in one call, up to 1,000',
};

const confirm: INodeProperties = {
	displayName: 'Confirm Records',
	name: 'confirm',
	type: 'options',
	default: 'automatic',
	options: [
		{ name: 'Automatic', value: 'automatic', description: 'If the answer contains only counts, read each record back to make sure that it is stored' },
		{ name: 'Off', value: 'off', description: "Save calls. Records then have the action 'accepted' and no ID." },
	],
	description: 'How to make sure that each record is stored. Eryxon 0.2 and newer answers with counts only, and up to 0.9 it also counts records that it could not store.',
};

function skipOptions(entity: Entity): INodeProperties[] {
	return [
		{
			displayName: 'Skip Unchanged',
			name: 'skipUnchanged',
			type: 'options',
			default: 'off',
			options: [
				...(entity.erpSync
					? [{ name: 'Ask Eryxon', value: 'preview', description: 'Compare with the hash that Eryxon stores, which takes one more call per 100 records. Edits made in Eryxon are not noticed.' }]
					: []),
				{ name: 'Compare With a Hash in the Input', value: 'hash', description: "Needs the 'sync_hash' of the last result in the input item, for example from a data table" },
				{ name: 'Off', value: 'off', description: 'Send every record' },
			],
			description: 'Whether to skip records that have not changed',
		},
		{
			displayName: 'Hash Field',
			name: 'hashField',
			type: 'string',
			default: HASH_FIELD,
			description: "Input field with the hash of the last sync, for 'Compare With a Hash in the Input'",
		},
	];
}

/** What becomes of the run when records fail; shared with the ERP sync. */
export const onRecordError: INodeProperties = {
	displayName: 'If Records Fail',
	name: 'onRecordError',
	type: 'options',
	noDataExpression: true,
	default: 'results',
	options: [
		{ name: 'Return Their Reasons', value: 'results', description: "One item for each record in any case; failed ones have the action 'error'. If all fail, the run stops." },
		{ name: 'Stop', value: 'stop', description: 'Store what can be stored, then stop with a list of the failed records' },
	],
	description: "What to do when some records cannot be stored. If 'On Error' of the node is set to continue, this is ignored.",
};

export const describeSync = (entity: Entity): INodeProperties[] => [
	fieldsDescription,
	...optionsOf([apiVersionOption, emptyOption, sourceOption, ...skipOptions(entity)]),
];

export const describeBulkSync = (entity: Entity): INodeProperties[] => [
	fieldsDescription,
	onRecordError,
	...optionsOf([apiVersionOption, chunkSize, confirm, emptyOption, sourceOption, ...skipOptions(entity)]),
];

export const sync = (entity: Entity): Execute => ({ all: async (run) => await syncAll(run, entity) });

export const bulk = (entity: Entity): Execute => ({ all: async (run) => await bulkSync(run, entity) });
