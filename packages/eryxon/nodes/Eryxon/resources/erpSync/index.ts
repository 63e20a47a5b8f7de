import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { ENTITIES, type Entity } from '../../../shared/core/entities';
import { apiVersionOption, emptyOption, fieldsDescription, sourceOption } from '../../helpers/fields';
import { refuse } from '../../helpers/parameters';
import type { Execute, Run } from '../../helpers/run';
import { erpSyncAll, previewAll } from '../../sync/erpSyncAll';
import { optionsOf } from '../records/options';
import { onRecordError } from '../records/sync';

const entityChoice: INodeProperties = {
	displayName: 'Records',
	name: 'entity',
	type: 'options',
	noDataExpression: true,
	default: 'part',
	options: [
		{ name: 'Jobs', value: 'job' },
		{ name: 'Parts', value: 'part' },
		{ name: 'Resources', value: 'resource' },
	],
	description: 'What the input items are. Cells and operations are not part of the ERP sync.',
};

const show = (operation: string, properties: INodeProperties[]) =>
	updateDisplayOptions({ show: { resource: ['erpSync'], operation: [operation] } }, properties);

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['erpSync'] } },
		options: [
			{
				name: 'Preview',
				value: 'preview',
				action: 'Preview ERP sync',
				description: 'Show for each record whether a sync would create, change or skip it (reads only)',
			},
			{
				name: 'Sync',
				value: 'sync',
				action: 'Run ERP sync',
				description: 'Create or update jobs, parts or resources by external ID, skipping what has not changed (writes to Eryxon)',
			},
		],
		default: 'preview',
	},
	...show('preview', [entityChoice, fieldsDescription, onRecordError, ...optionsOf([apiVersionOption, emptyOption, sourceOption])]),
	...show('sync', [
		entityChoice,
		fieldsDescription,
		onRecordError,
		...optionsOf([
			apiVersionOption,
			emptyOption,
			sourceOption,
			{
				displayName: 'Label',
				name: 'label',
				type: 'string',
				default: '',
				placeholder: 'e.g. nightly import',
				description: "Name of this import in Eryxon's events",
			},
			{
				displayName: 'Record History',
				name: 'recordHistory',
				type: 'boolean',
				default: true,
				description: 'Whether Eryxon records the import in its history',
			},
			{
				displayName: 'Skip Unchanged',
				name: 'skip',
				type: 'boolean',
				default: true,
				description: 'Whether Eryxon skips records that have not changed',
			},
		]),
	]),
];

export const operations: Record<string, Execute> = {
	preview: { all: async (run) => await previewAll(run, chosen(run)) },
	sync: { all: async (run) => await erpSyncAll(run, chosen(run)) },
};

function chosen(run: Run): Entity {
	const name = String(run.parameter('entity', 0, 'part'));
	const entity = Object.values(ENTITIES).find((each) => each.name === name && each.erpSync);
	if (!entity) throw refuse('Records', `is '${name}'`, 'The ERP sync works for jobs, parts and resources.');
	return entity;
}
