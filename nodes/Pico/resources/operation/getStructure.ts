import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { structureDocument } from '../../../shared/api/documents/reads';
import { asRows, asTree } from '../../../shared/api/structure/output';
import { Structure } from '../../../shared/api/structure/structure';
import { operationPicker, PICKER, revision } from '../../helpers/picker';
import { refuse } from '../../helpers/parameters';
import { resolveOperation } from '../../helpers/resolve';
import type { Execute } from '../../helpers/run';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['operation'], operation: ['getStructure'] } },
	[
		operationPicker,
		revision,
		{
			displayName: 'Format',
			name: 'format',
			type: 'options',
			noDataExpression: true,
			default: 'tree',
			options: [
				{ name: 'Flat Rows', value: 'flat', description: 'One item for each operation, with level and path' },
				{ name: 'Tree', value: 'tree', description: 'One item that holds steps, and steps of steps' },
			],
		},
	],
);

export const execute: Execute = async (run, item) => {
	const format = run.parameter('format', item, 'tree');
	const { id } = await resolveOperation(run, item);
	const structure = await run.once('structure', async () => Structure.read(await run.read(structureDocument)));
	if (!structure.has(id)) {
		throw refuse(PICKER, `has the ID '${id}', which Pico does not know`, 'Choose an operation from the list, or use its part number.');
	}
	const { root, warnings } = structure.below(id);
	if (format === 'flat') {
		for (const warning of warnings) run.warn(warning);
		return asRows(root) as IDataObject[];
	}
	return [{ ...asTree(root), warnings }] as IDataObject[];
};
