import type { INodeProperties } from 'n8n-workflow';

import { wholeNumber } from './parameters';
import type { Run } from './run';

export const returnAllDescription: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

/** How many results are wanted; `Infinity` for all. */
export function readLimit(run: Run, item: number): number {
	if (run.parameter('returnAll', item, false) === true) return Number.POSITIVE_INFINITY;
	return wholeNumber(run.parameter('limit', item, 50), 'Limit', { min: 1, max: 1_000_000_000 });
}
