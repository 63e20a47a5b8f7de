import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { EryxonFailure } from '../../../shared/api/failure';
import { readRow } from '../../../shared/core/answers';
import { operation } from '../../../shared/core/entities/operation';
import { asText } from '../../../shared/core/values';
import { locate, locatorDescription } from '../../helpers/locator';
import { refuse } from '../../helpers/parameters';
import type { Execute } from '../../helpers/run';
import { optionsOf } from '../records/options';
import { getMany, getManyDescription, inside, moment, showFor, words, type Report } from '../reports';

const choice = (name: string, displayName: string, values: readonly string[], initial: string): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	default: initial,
	options: values.map((value) => ({ name: titleOf(value), value })),
});

function titleOf(value: string): string {
	if (value === 'ncr') return 'Nonconformance Report';
	return value
		.split('_')
		.map((word) => word[0].toUpperCase() + word.slice(1))
		.join(' ');
}

const severity = choice('severity', 'Severity', ['low', 'medium', 'high', 'critical'], 'medium');
const type = choice('issueType', 'Type', ['general', 'ncr'], 'general');
const category = choice('ncrCategory', 'Category', ['dimensional', 'material_defect', 'other', 'process_error', 'surface_finish'], 'other');

const report: Report = {
	resource: 'issue',
	path: 'api-issues',
	plural: 'issues',
	order: { parts: { filter: 'status', values: ['pending', 'approved', 'rejected', 'closed'] } },
	filters: [
		{ property: moment('from', 'From', 'Reported at this moment or later'), keeps: (row, value) => Date.parse(String(row.created_at)) >= Date.parse(value) },
		{ property: moment('to', 'To', 'Reported at this moment or earlier'), keeps: (row, value) => Date.parse(String(row.created_at)) <= Date.parse(value) },
		{ property: category, query: 'ncr_category' },
		{ property: words('operationId', 'Operation ID'), query: 'operation_id' },
		{ property: severity, query: 'severity' },
		{ property: choice('status', 'Status', ['pending', 'approved', 'rejected', 'closed'], 'pending'), query: 'status' },
		{ property: type, query: 'issue_type' },
	],
	simplify: (row) =>
		({
			id: row.id,
			created_at: row.created_at,
			title: row.title,
			description: row.description,
			severity: row.severity,
			status: row.status,
			type: row.issue_type,
			category: row.ncr_category,
			operation_id: row.operation_id,
			operation_name: inside(row, 'operation', 'operation_name'),
		}) as IDataObject,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['issue'] } },
		options: [
			{ name: 'Create', value: 'create', action: 'Create issue', description: 'Report an issue on an operation (writes to Eryxon; running it again creates another one)' },
			{ name: 'Get Many', value: 'getAll', action: 'Get many issues', description: 'List issues, with filters (reads only)' },
		],
		default: 'getAll',
	},
	...showFor('issue', 'create', [
		locatorDescription(operation),
		{ displayName: 'Title', name: 'title', type: 'string', default: '', required: true },
		{ displayName: 'Description', name: 'description', type: 'string', typeOptions: { rows: 3 }, default: '', required: true },
		severity,
		{
			displayName: 'Created By (Operator ID)',
			name: 'createdBy',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 5f0c3f0e-8a53-4f0e-9f0e-3a1f1a2b3c4d',
			description: 'ID of the person in Eryxon. The API has no list of persons; you find the IDs of operators in time entries and reported quantities.',
		},
		...optionsOf([category, type]),
	]),
	...showFor('issue', 'getAll', getManyDescription(report)),
];

const create: Execute = {
	each: async (run, item) => {
		const text = (name: string, label: string): string => {
			const value = asText(run.parameter(name, item, ''));
			if (value === '') throw refuse(label, 'is empty', 'Eryxon needs it to create an issue.');
			return value;
		};
		const body: IDataObject = {
			title: text('title', 'Title'),
			description: text('description', 'Description'),
			severity: text('severity', 'Severity'),
			created_by: text('createdBy', 'Created By (Operator ID)'),
			operation_id: await locate(run, item, operation),
		};
		const [issueType, ncrCategory] = [asText(run.option('issueType', item)), asText(run.option('ncrCategory', item))];
		if (issueType !== '') body.issue_type = issueType;
		if (ncrCategory !== '') body.ncr_category = ncrCategory;
		const { data } = await run.client.send({ method: 'POST', path: report.path, body, signal: run.signal });
		const row = readRow(data);
		if (row === undefined) throw new EryxonFailure('refused', 'Eryxon answered without the issue', { hint: 'Check in Eryxon whether it exists before you try again.' });
		return [row as IDataObject];
	},
};

export const operations: Record<string, Execute> = { create, getAll: getMany(report) };
