import type { INodeProperties } from 'n8n-workflow';

import { fieldOptions } from '../../shared/events/kinds';
import type { Output } from '../../shared/events/shape';
import type { EventKind } from '../../shared/events/types';
import { refuse, textList } from './parameters';
import type { Run } from './run';

/** The choice of Output, and of the fields that rows of this kind have. */
export function outputDescription(kind: EventKind): INodeProperties[] {
	return [
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			noDataExpression: true,
			default: 'simplified',
			options: [
				{ name: 'Raw', value: 'raw', description: 'All fields, named and nested as in Pico' },
				{ name: 'Selected Fields', value: 'fields', description: 'The chosen fields, named and nested as in Pico' },
				{ name: 'Simplified', value: 'simplified', description: 'What an ERP needs, in at most 10 fields' },
			],
		},
		{
			displayName: 'Fields',
			name: 'fields',
			type: 'multiOptions',
			default: [],
			options: fieldOptions(kind),
			displayOptions: { show: { output: ['fields'] } },
			description: 'Fields to return. Those that identify the row are always included.',
		},
	];
}

export function readOutput(run: Run, item: number): Output {
	const mode = run.parameter('output', item, 'simplified') as Output['mode'];
	if (mode !== 'fields') return { mode };
	const fields = textList(run.parameter('fields', item, []));
	if (fields.length === 0) throw refuse('Fields', 'is empty', "Choose at least one field, or another 'Output'.");
	return { mode, fields };
}
