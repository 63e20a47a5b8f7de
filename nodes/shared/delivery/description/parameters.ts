import type { INodeProperties } from 'n8n-workflow';

import { EVENT_KINDS, fieldOptions } from '../../events/kinds';
import type { EventKind } from '../../events/types';
import { itemPer } from './itemPer';

/** What stands under the node: the event it waits for. */
export const subtitle = `={{ (${JSON.stringify(Object.fromEntries(EVENT_KINDS.map(({ id, displayName }) => [id, displayName])))})[$parameter["event"]] }}`;

/** Ids of the kinds of event that have something. */
function kindsWith(what: (kind: EventKind) => unknown): string[] {
	return EVENT_KINDS.filter((kind) => Boolean(what(kind))).map(({ id }) => id);
}

/** Parameters that both triggers have, in the same words. */

export const triggerOn: INodeProperties = {
	displayName: 'Trigger On',
	name: 'event',
	type: 'options',
	noDataExpression: true,
	default: 'orderCompleted',
	options: EVENT_KINDS.map(({ id, displayName, description }) => ({ name: displayName, value: id, description })),
};

export const products: INodeProperties = {
	displayName: 'Product Names or IDs',
	name: 'products',
	type: 'multiOptions',
	default: [],
	typeOptions: { loadOptionsMethod: 'getOperations' },
	displayOptions: { show: { event: kindsWith(({ productPath }) => productPath) } },
	description:
		'Products to react to; none chosen means all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

/** The choice of output, and one choice of fields for each event, since their fields differ. */
export const output: INodeProperties[] = [
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'simplified',
		options: [
			{ name: 'Simplified', value: 'simplified', description: 'What an ERP needs, in at most 10 fields' },
			{ name: 'Raw', value: 'raw', description: 'All fields, named and nested as in Pico' },
			{ name: 'Selected Fields', value: 'fields', description: 'The chosen fields, named and nested as in Pico' },
		],
	},
	...EVENT_KINDS.map(
		(kind): INodeProperties => ({
			displayName: 'Fields',
			name: 'fields',
			type: 'multiOptions',
			default: [],
			displayOptions: { show: { output: ['fields'], event: [kind.id] } },
			options: fieldOptions(kind),
			description: 'Fields to ask Pico for. Those that identify the event are always included.',
		}),
	),
];

/** Options that both triggers have, in the same words. */

export const attachStructure: INodeProperties = {
	displayName: 'Attach Structure',
	name: 'attachStructure',
	type: 'boolean',
	default: false,
	displayOptions: { show: { '/event': kindsWith(({ changedOperation }) => changedOperation) } },
	description:
		'Whether to add the current structure of the affected product to the item, so that one item is enough to update an item master. Costs one more request per event.',
};

export const lookBack: INodeProperties = {
	displayName: 'Look-Back Window (Seconds)',
	name: 'lookBackWindow',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 86400 },
	default: 300,
	description:
		'How far before the last event to read again after each reconnect, to find events that Pico stored late. Events that were delivered before are left out.',
};

export const orderId: INodeProperties = {
	displayName: 'Order ID',
	name: 'orderFilter',
	type: 'string',
	default: '',
	placeholder: 'e.g. MO-*',
	displayOptions: { show: { '/event': kindsWith(({ orderIdField }) => orderIdField) } },
	description: 'Deliver only completions of these orders. The character * stands for any text.',
};

export const positionResetKey: INodeProperties = {
	displayName: 'Position Reset Key',
	name: 'positionResetKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. 2026-01-31',
	description: 'Enter any new value and publish the workflow to forget the stored position and begin as if published for the first time',
};

export const itemPerCompletion: INodeProperties = {
	...itemPer,
	displayOptions: { show: { '/event': kindsWith(({ hasLines }) => hasLines) } },
};
