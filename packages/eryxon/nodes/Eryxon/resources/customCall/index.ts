import { updateDisplayOptions, type IDataObject, type IHttpRequestMethods, type INodeProperties } from 'n8n-workflow';

import { isObject, readPage } from '../../../shared/core/answers';
import type { ListOrder } from '../../../shared/core/entities';
import { asText } from '../../../shared/core/values';
import { jsonObject, refuse } from '../../helpers/parameters';
import type { Execute } from '../../helpers/run';

/** Lists that some versions page wrongly. */
const TIMES: Record<string, ListOrder> = {
	'api-operation-quantities': { time: { column: 'recorded_at', until: 'to_date' } },
	'api-time-entries': { time: { column: 'start_time', until: 'end_date' } },
};

const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['customCall'] } },
		options: [
			{
				name: 'Send',
				value: 'send',
				action: 'Send custom call',
				description: 'Call any function of the Eryxon API (writes to Eryxon, unless the method is GET)',
			},
		],
		default: 'send',
	},
	...updateDisplayOptions({ show: { resource: ['customCall'], operation: ['send'] } }, [
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			default: 'GET',
			options: METHODS.map((value) => ({ name: value, value })),
		},
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. api-issues',
			description: 'Function and action, below /functions/v1/',
		},
		{ displayName: 'Query (JSON)', name: 'query', type: 'json', default: '{}', description: 'Names and values after the question mark' },
		{
			displayName: 'Body (JSON)',
			name: 'body',
			type: 'json',
			default: '{}',
			displayOptions: { show: { method: ['PATCH', 'POST', 'PUT'] } },
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'All Pages',
					name: 'allPages',
					type: 'boolean',
					default: false,
					description: 'Whether to read all pages of a list, one item for each row. Only for GET.',
				},
				{
					displayName: 'Full Response',
					name: 'fullAnswer',
					type: 'boolean',
					default: false,
					description: 'Whether to return the full response with its status instead of only the data',
				},
				{
					displayName: 'Split List',
					name: 'split',
					type: 'boolean',
					default: false,
					description: 'Whether to return one item for each row if the data is a list',
				},
			],
		},
	]),
];

const send: Execute = {
	each: async (run, item) => {
		const method = String(run.parameter('method', item, 'GET'));
		if (!METHODS.some((each) => each === method)) throw refuse('Method', `is ${method}`, `Choose one of ${METHODS.join(', ')}.`);
		const path = pathOf(asText(run.parameter('path', item, '')));
		const query = jsonObject(run.parameter('query', item, {}), 'Query (JSON)');
		const body = method === 'GET' || method === 'DELETE' ? undefined : (jsonObject(run.parameter('body', item, {}), 'Body (JSON)') ?? {});
		if (run.option('allPages', item) === true) {
			if (method !== 'GET') throw refuse('All Pages', `is turned on, but the method is ${method}`, 'Only GET reads lists.');
			return (await run.client.list(path, query, TIMES[path] ?? {}, undefined, run.signal)) as IDataObject[];
		}
		const answer = await run.client.send({ method: method as IHttpRequestMethods, path, query, body, signal: run.signal });
		if (run.option('fullAnswer', item) === true) return [{ status: answer.status, body: answer.body as IDataObject }];
		const { data } = answer;
		if (run.option('split', item) === true && isObject(data) && Object.values(data).some(Array.isArray)) return readPage(data, undefined).rows as IDataObject[];
		if (Array.isArray(data)) return data.map((each: unknown) => (isObject(each) ? (each as IDataObject) : { value: each as string }));
		return [isObject(data) ? (data as IDataObject) : { data: (data ?? null) as string }];
	},
};

export const operations: Record<string, Execute> = { send };

/** The key goes to the server of the credential and to no other. */
function pathOf(entered: string): string {
	const path = entered.replace(/^\/+/, '').replace(/^functions\/v1\//, '');
	if (path === '') throw refuse('Path', 'is empty', 'Enter the name of a function, for example api-issues.');
	if (/:\/\/|(^|\/)\.\.?(\/|$)|[?#\\\s]/.test(path)) {
		throw refuse('Path', `is ${entered.slice(0, 80)}`, "Enter only what comes after /functions/v1/, for example api-issues. Enter what comes after a question mark in 'Query'.");
	}
	return path;
}
