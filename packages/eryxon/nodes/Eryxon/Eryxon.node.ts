import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { getFields } from './methods/getFields';
import { searchRecords } from './methods/searchRecords';
import { description as properties } from './resources';
import { route } from './router';

export class Eryxon implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Eryxon MES',
		name: 'eryxon',
		icon: { light: 'file:../../icons/eryxon.svg', dark: 'file:../../icons/eryxon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ [$parameter["resource"], String($parameter["operation"]).replace("getAll", "getMany")].map((name) => name[0].toUpperCase() + name.slice(1).replace(/[A-Z]/g, " $&")).join(": ").replace("Erp", "ERP") }}',
		description: 'Keep jobs, parts, operations, cells and resources of Eryxon MES in step with an ERP, and read back what was produced',
		defaults: { name: 'Eryxon MES' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'eryxonApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Cell', value: 'cell', description: 'Work centers' },
					{ name: 'Custom Call', value: 'customCall', description: 'Any function of the API' },
					{ name: 'ERP Sync', value: 'erpSync', description: 'Preview and sync that skips what has not changed' },
					{ name: 'Issue', value: 'issue', description: 'What is wrong on the shop floor' },
					{ name: 'Job', value: 'job', description: 'Sales orders' },
					{ name: 'Operation', value: 'operation', description: 'Routing steps' },
					{ name: 'Part', value: 'part', description: 'Work orders or line items' },
					{ name: 'Quantity', value: 'quantity', description: 'Good, scrap and rework that the shop floor reported' },
					{ name: 'Resource', value: 'resource', description: 'Equipment and tooling' },
					{ name: 'Time Entry', value: 'timeEntry', description: 'Working times' },
				],
				default: 'job',
			},
			...properties,
		],
	};

	methods = { listSearch: { searchRecords }, resourceMapping: { getFields } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route.call(this);
	}
}
