import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { getMany, getManyDescription, inside, moment, showFor, words, type Report } from '../reports';
import type { Execute } from '../../helpers/run';

const report: Report = {
	resource: 'quantity',
	path: 'api-operation-quantities',
	plural: 'quantities',
	order: { time: { column: 'recorded_at', until: 'to_date' } },
	filters: [
		{ property: moment('from', 'From', 'Reported at this moment or later'), query: 'from_date' },
		{ property: moment('to', 'To', 'Reported at this moment or earlier'), query: 'to_date' },
		{ property: { displayName: 'Has Rework', name: 'hasRework', type: 'boolean', default: true, description: 'Whether to return only reports with rework' }, query: 'has_rework' },
		{ property: { displayName: 'Has Scrap', name: 'hasScrap', type: 'boolean', default: true, description: 'Whether to return only reports with scrap' }, query: 'has_scrap' },
		{ property: words('job', 'Job Number or ID'), job: true },
		{ property: words('materialLot', 'Material Lot'), query: 'material_lot' },
		{ property: words('operationId', 'Operation ID'), query: 'operation_id' },
		{ property: words('partId', 'Part ID'), query: 'part_id' },
	],
	simplify: (row) =>
		({
			id: row.id,
			recorded_at: row.recorded_at,
			good: row.quantity_good,
			scrap: row.quantity_scrap,
			rework: row.quantity_rework,
			scrap_reason: inside(row, 'scrap_reason', 'code'),
			material_lot: row.material_lot,
			operation_name: inside(row, 'operation', 'operation_name'),
			part_number: inside(row, 'operation', 'part', 'part_number'),
			job_number: inside(row, 'operation', 'part', 'job', 'job_number'),
		}) as IDataObject,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['quantity'] } },
		options: [{ name: 'Get Many', value: 'getAll', action: 'Get many quantities', description: 'List what was reported as good, scrap and rework, by time and job (reads only)' }],
		default: 'getAll',
	},
	...showFor('quantity', 'getAll', getManyDescription(report)),
];

export const operations: Record<string, Execute> = { getAll: getMany(report) };
