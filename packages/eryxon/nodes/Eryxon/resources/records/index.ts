import { updateDisplayOptions, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

import type { Entity } from '../../../shared/core/entities';
import type { Execute } from '../../helpers/run';
import { describeDelete, remove } from './delete';
import { describeGet, get } from './get';
import { describeGetAll, getAll } from './getAll';
import { bulk, describeBulkSync, describeSync, sync } from './sync';
import { describeUpdate, update } from './update';

/** The six operations that every kind of record has. */
export function operationsOf(entity: Entity): Record<string, Execute> {
	return {
		bulkSync: bulk(entity),
		delete: remove(entity),
		get: get(entity),
		getAll: getAll(entity),
		sync: sync(entity),
		update: update(entity),
	};
}

/** An operation that only one kind of record has. */
export interface ExtraOperation {
	option: INodePropertyOptions & { name: string; value: string };
	properties: INodeProperties[];
}

export function descriptionOf(entity: Entity, extra: readonly ExtraOperation[] = []): INodeProperties[] {
	const { name, plural } = entity;
	const show = (operation: string, properties: INodeProperties[]) =>
		updateDisplayOptions({ show: { resource: [name], operation: [operation] } }, properties);
	return [
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: [name] } },
			options: [
				...extra.map(({ option }) => option),
				{
					name: 'Bulk Sync',
					value: 'bulkSync',
					action: `Bulk sync ${plural}`,
					description: `Create or update the ${plural} of all input items by external ID, many in one call (writes to Eryxon)`,
				},
				{ name: 'Delete', value: 'delete', action: `Delete ${name}`, description: `Delete one ${name} (writes to Eryxon, cannot be undone)` },
				{ name: 'Get', value: 'get', action: `Get ${name}`, description: `Get one ${name} (reads only)` },
				{ name: 'Get Many', value: 'getAll', action: `Get many ${plural}`, description: `List ${plural}, with filters (reads only)` },
				{
					name: 'Sync',
					value: 'sync',
					action: `Sync ${name}`,
					description: `Create or update a ${name} by external ID, one call per item, without duplicates when repeated (writes to Eryxon)`,
				},
				{ name: 'Update', value: 'update', action: `Update ${name}`, description: `Change fields of one ${name} (writes to Eryxon)` },
			].sort((a, b) => a.name.localeCompare(b.name)),
			default: 'bulkSync',
		},
		...show('sync', describeSync(entity)),
		...show('bulkSync', describeBulkSync(entity)),
		...show('delete', describeDelete(entity)),
		...show('get', describeGet(entity)),
		...show('getAll', describeGetAll(entity)),
		...show('update', describeUpdate(entity)),
		...extra.flatMap(({ option, properties }) => show(option.value, properties)),
	];
}
