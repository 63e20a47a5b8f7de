import type { INodeProperties } from 'n8n-workflow';

import { asEntered } from './parameters';

/** Name of the picker as people see it; "operation" alone already means what the node does. */
export const PICKER = 'Pico Operation';

/** Picks a product, subassembly or process, all of which Pico calls operations. */
export const operationPicker: INodeProperties = {
	displayName: 'Pico Operation',
	name: 'operationId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The product, subassembly or process',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select an operation...',
			typeOptions: { searchListMethod: 'searchOperations', searchable: true },
		},
		{ displayName: 'By Part Number', name: 'partNumber', type: 'string', placeholder: 'e.g. PUMP-100' },
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 6f1c2a9e' },
	],
};

export const revision: INodeProperties = {
	displayName: 'Revision',
	name: 'revision',
	type: 'string',
	default: '',
	placeholder: 'e.g. B',
	displayOptions: { show: { '/operationId.mode': ['partNumber'] } },
	description: 'Revision of the part number. Leave empty when only one revision is deployed.',
};

export interface Locator {
	mode: 'list' | 'partNumber' | 'id';
	/** Without blanks at its ends. */
	value: string;
	/** As it was entered: part numbers in Pico may begin or end with a blank. */
	typed: string;
	/** What the list showed for it. */
	shown?: string;
}

/** The value of a picker; a plain value, as an expression for the whole parameter gives it, is an ID. */
export function readLocator(parameter: unknown): Locator {
	const { mode, value, cachedResultName } = (typeof parameter === 'object' && parameter !== null ? parameter : { value: parameter }) as Partial<
		Locator & { cachedResultName: string }
	>;
	const typed = asEntered(value);
	const shown = mode === 'list' ? asEntered(cachedResultName) : '';
	return { mode: mode === 'partNumber' || mode === 'list' ? mode : 'id', value: typed.trim(), typed, ...(shown === '' ? {} : { shown }) };
}
