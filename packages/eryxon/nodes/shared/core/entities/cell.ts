import { LATER, type Entity } from './types';

/** A work centre. */
export const cell: Entity = {
	name: 'cell',
	plural: 'cells',
	path: 'api-cells',
	title: 'Cell',
	titles: 'Cells',
	number: 'name',
	unique: false,
	erpSync: false,
	fewer: { documented: 100 },
	filters: ['active'],
	sorts: ['created_at', 'name', 'sequence'],
	order: { parts: { filter: 'active', values: ['true', 'false'] } },
	fields: [
		{ name: 'name', label: 'Name', type: 'text', create: true },
		{ name: 'sequence', label: 'Sequence', type: 'integer', min: 1, create: true },
		{ name: 'description', label: 'Description', type: 'text', only: LATER },
		{ name: 'color', label: 'Color', type: 'text' },
		{ name: 'active', label: 'Active', type: 'boolean' },
		{ name: 'capacity_hours_per_day', label: 'Capacity (Hours per Day)', type: 'number', only: LATER },
		{ name: 'wip_limit', label: 'WIP Limit', type: 'integer', only: LATER },
		{ name: 'wip_warning_threshold', label: 'WIP Warning Threshold', type: 'integer', only: LATER },
		{ name: 'enforce_wip_limit', label: 'Enforce WIP Limit', type: 'boolean', only: LATER },
		{ name: 'show_capacity_warning', label: 'Show Capacity Warning', type: 'boolean', only: LATER },
		{ name: 'icon_name', label: 'Icon Name', type: 'text', only: LATER },
		{ name: 'image_url', label: 'Image URL', type: 'text', only: LATER },
	],
	references: [],
};
