import type { INodeProperties } from 'n8n-workflow';

/** A collection of options; nothing when there are none. */
export function optionsOf(options: INodeProperties[]): INodeProperties[] {
	if (options.length === 0) return [];
	const sorted = [...options].sort((a, b) => a.displayName.localeCompare(b.displayName));
	return [{ displayName: 'Options', name: 'options', type: 'collection', placeholder: 'Add Option', default: {}, options: sorted }];
}
