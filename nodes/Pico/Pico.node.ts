import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import * as completion from './resources/completion';
import * as connection from './resources/connection';
import * as note from './resources/note';
import * as operation from './resources/operation';
import * as operationOrder from './resources/operationOrder';
import * as query from './resources/query';
import * as webhook from './resources/webhook';

export class Pico implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pico MES',
		name: 'pico',
		icon: { light: 'file:../../icons/pico.svg', dark: 'file:../../icons/pico.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ [$parameter["resource"], String($parameter["operation"]).replace("getAll", "getMany")].map((name) => name[0].toUpperCase() + name.slice(1).replace(/[A-Z]/g, " $&")).join(": ") }}',
		description: 'Release orders to the shop floor, and read products, completions and notes from Pico MES',
		defaults: { name: 'Pico MES' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'picoApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Completion', value: 'completion', description: 'Finished units' },
					{ name: 'Connection', value: 'connection', description: 'Whether this n8n and this Pico work together' },
					{ name: 'Note', value: 'note', description: 'What operators write during a build' },
					{ name: 'Operation', value: 'operation', description: 'Products, subassemblies and processes' },
					{ name: 'Operation Order', value: 'operationOrder', description: 'Orders on the shop floor, one for each unit' },
					{ name: 'Query', value: 'query', description: 'Any GraphQL query or mutation' },
					{ name: 'Webhook', value: 'webhook', description: 'Addresses that Pico calls when something happens' },
				],
				default: 'operationOrder',
			},
			...completion.description,
			...connection.description,
			...note.description,
			...operation.description,
			...operationOrder.description,
			...query.description,
			...webhook.description,
		],
	};

	methods = {
		listSearch: {
			async searchOperations(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
				const { searchOperations } = await import('./listSearch');
				return await searchOperations.call(this, filter, paginationToken);
			},
		},
		loadOptions: {
			async getChildOperations(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				const { getChildOperations } = await import('./listSearch');
				return await getChildOperations.call(this);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { route } = await import('./router');
		return await route.call(this);
	}
}
