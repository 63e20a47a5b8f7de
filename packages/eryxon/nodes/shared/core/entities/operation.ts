import { LATER, STATUS, metadata, notes, status, type Entity } from './types';

/** A routing step. */
export const operation: Entity = {
	name: 'operation',
	plural: 'operations',
	path: 'api-operations',
	title: 'Operation',
	titles: 'Operations',
	number: 'operation_name',
	unique: false,
	erpSync: false,
	filters: ['part_id', 'cell_id', 'status'],
	sorts: ['created_at', 'operation_name', 'sequence', 'status'],
	order: { parts: { filter: 'status', values: STATUS } },
	fields: [
		{ name: 'operation_name', label: 'Operation Name', type: 'text', create: true },
		{ name: 'sequence', label: 'Sequence', type: 'integer', min: 1, create: true },
		{
			name: 'estimated_time',
			label: 'Estimated Time (Minutes)',
			type: 'integer',
			min: 0,
			create: true,
			aliases: ['estimated_time_minutes'],
		},
		{ name: 'setup_time', label: 'Setup Time (Minutes)', type: 'number', aliases: ['setup_time_minutes'], only: LATER },
		{ name: 'run_time_per_unit', label: 'Run Time per Unit (Minutes)', type: 'number', only: LATER },
		{ name: 'wait_time', label: 'Wait Time (Minutes)', type: 'number', only: LATER },
		{ name: 'changeover_time', label: 'Changeover Time (Minutes)', type: 'number', only: LATER },
		{ name: 'planned_start', label: 'Planned Start', type: 'dateTime', only: LATER },
		{ name: 'planned_end', label: 'Planned End', type: 'dateTime', only: LATER },
		{ name: 'assigned_operator_id', label: 'Assigned Operator ID', type: 'id' },
		{ name: 'icon_name', label: 'Icon Name', type: 'text', only: LATER },
		{ ...notes, aliases: ['instructions'] },
		metadata,
		status(['documented', 'generic']),
	],
	references: [
		{
			column: 'part_id',
			label: 'Part',
			to: 'part',
			create: true,
			by: [
				{ field: 'part_id', label: 'Part ID', by: 'id' },
				{ field: 'part_external_id', label: 'Part External ID', by: 'externalId' },
				{ field: 'part_number', label: 'Part Number', by: 'number' },
			],
		},
		{
			column: 'cell_id',
			label: 'Cell',
			to: 'cell',
			create: true,
			by: [
				{ field: 'cell_id', label: 'Cell ID', by: 'id' },
				{ field: 'cell_name', label: 'Cell Name', by: 'number', aliases: ['cell'] },
			],
		},
	],
};
