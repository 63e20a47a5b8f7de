import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { EventKind, Row } from '../../shared/events/types';
import { refuse, textList } from './parameters';
import type { Run } from './run';

/** How rows of one type are given out. */
export interface Output {
	mode: 'simplified' | 'raw' | 'fields';
	/** First-level fields to ask Pico for; all when absent. */
	fields?: readonly string[];
}

/** The choice of Output, and of the fields that rows of this kind have. */
export function outputDescription(kind: EventKind): INodeProperties[] {
	const fields = kind.selection
		.filter((field) => !field.insteadOf)
		.map(({ name }) => ({ name, value: name }))
		.sort((a, b) => a.name.localeCompare(b.name));
	return [
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			noDataExpression: true,
			default: 'simplified',
			options: [
				{ name: 'Raw', value: 'raw', description: 'All fields, named and nested as in Pico' },
				{ name: 'Selected Fields', value: 'fields', description: 'Only the chosen fields, named and nested as in Pico' },
				{ name: 'Simplified', value: 'simplified', description: 'Flat, with names that an ERP uses' },
			],
		},
		{
			displayName: 'Fields',
			name: 'fields',
			type: 'multiOptions',
			default: [],
			options: fields,
			displayOptions: { show: { output: ['fields'] } },
			description: 'Fields of Pico to return',
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

/** How a row is given out: a function, so that thousands of rows do not choose anew. */
export function shaper(kind: EventKind, { mode, fields = [] }: Output): (row: Row) => IDataObject {
	if (mode === 'simplified') return (row) => kind.simplify(row) as IDataObject;
	if (mode === 'raw') return (row) => kind.normalise(row) as IDataObject;
	return (row) => {
		const normal = kind.normalise(row);
		return Object.fromEntries(fields.map((name) => [name, normal[name] ?? null])) as IDataObject;
	};
}
