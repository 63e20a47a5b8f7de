import { metadata, type Entity } from './types';

/** Equipment or tooling. */
export const resource: Entity = {
	name: 'resource',
	plural: 'resources',
	path: 'api-resources',
	title: 'Resource',
	titles: 'Resources',
	number: 'name',
	unique: true,
	erpSync: true,
	filters: ['type', 'status', 'active', 'external_source', 'external_id'],
	sorts: ['created_at', 'name', 'status', 'type'],
	order: { unique: 'name', parts: { filter: 'active', values: ['true', 'false'] } },
	fields: [
		{ name: 'name', label: 'Name', type: 'text', create: true },
		{ name: 'type', label: 'Type', type: 'text', create: true, hint: 'For example tooling, fixture, mold, material, equipment, machine' },
		{ name: 'description', label: 'Description', type: 'text' },
		{ name: 'identifier', label: 'Identifier', type: 'text' },
		{ name: 'location', label: 'Location', type: 'text' },
		{ name: 'status', label: 'Status', type: 'text', hint: 'For example available, in_use, maintenance' },
		metadata,
		{ name: 'active', label: 'Active', type: 'boolean' },
	],
	references: [],
};
