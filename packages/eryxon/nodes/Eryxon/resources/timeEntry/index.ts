import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { getMany, getManyDescription, inside, moment, showFor, words, type Report } from '../reports';
import type { Execute } from '../../helpers/run';

const TYPES = ['breakdown', 'rework', 'run', 'setup', 'wait'];

const report: Report = {
	resource: 'timeEntry',
	path: 'api-time-entries',
	plural: 'time entries',
	order: { time: { column: 'start_time', until: 'end_date' } },
	filters: [
		{ property: moment('from', 'From', 'Started at this moment or later'), query: 'start_date' },
		{ property: moment('to', 'To', 'Started at this moment or earlier'), query: 'end_date' },
		{ property: words('jobNumber', 'Job Number'), keeps: (row, value) => inside(row, 'operation', 'part', 'job', 'job_number') === value },
		{ property: words('operationId', 'Operation ID'), query: 'operation_id' },
		{ property: words('operatorId', 'Operator ID'), query: 'operator_id' },
		{
			property: { displayName: 'Type', name: 'timeType', type: 'options', default: 'run', options: TYPES.map((value) => ({ name: value[0].toUpperCase() + value.slice(1), value })) },
			query: 'time_type',
		},
	],
	simplify: (row) =>
		({
			id: row.id,
			start_time: row.start_time,
			end_time: row.end_time,
			minutes: row.duration,
			type: row.time_type,
			operator: inside(row, 'operator', 'full_name'),
			operation_name: inside(row, 'operation', 'operation_name'),
			part_number: inside(row, 'operation', 'part', 'part_number'),
			job_number: inside(row, 'operation', 'part', 'job', 'job_number'),
			notes: row.notes,
		}) as IDataObject,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['timeEntry'] } },
		options: [{ name: 'Get Many', value: 'getAll', action: 'Get many time entries', description: 'List the working times of operations (reads only)' }],
		default: 'getAll',
	},
	...showFor('timeEntry', 'getAll', getManyDescription(report)),
];

export const operations: Record<string, Execute> = { getAll: getMany(report) };
