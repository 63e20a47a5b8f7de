import type { INodeProperties } from 'n8n-workflow';

/** What one item stands for, in the same words wherever completions come out. */
export const itemPer: INodeProperties = {
	displayName: 'Return One Item Per',
	name: 'itemPer',
	type: 'options',
	default: 'completion',
	options: [
		{ name: 'Completion', value: 'completion', description: 'One item for each completion, with a list of what it consumed' },
		{
			name: 'Consumed Serial',
			value: 'consumedSerial',
			description: 'One item for each consumed serial or lot, with a line ID of its own. A completion that consumed none is one item without a serial.',
		},
	],
	description: 'What one output item stands for',
};
