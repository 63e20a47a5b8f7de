import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { structureDocument } from '../../../shared/api/documents/reads';
import { asRows, asTree } from '../../../shared/api/structure/output';
import { Structure } from '../../../shared/api/structure/structure';
import { operationChanged } from '../../../shared/events/kinds';
import { outputDescription, readOutput } from '../../helpers/output';
import { operationPicker, revision } from '../../helpers/picker';
import { resolveOperation, unknownId } from '../../helpers/resolve';
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
				{ name: 'Tree', value: 'tree', description: 'One item with its steps, and the steps of these, nested' },
			],
		},
		...outputDescription(operationChanged),
	],
);

export const execute: Execute = async (run, item) => {
	const format = run.parameter('format', item, 'tree');
	const output = readOutput(run, item);
	const { id } = await resolveOperation(run, item);
	const structure = await run.once('structure', async () => Structure.read(await run.read(structureDocument)));
	if (!structure.has(id)) throw unknownId(id);
	const { root, warnings } = structure.below(id, output);
	if (format === 'flat') {
		for (const warning of warnings) run.warn(warning);
		return asRows(root, output.mode === 'simplified') as IDataObject[];
	}
	return [{ ...asTree(root), warnings }] as IDataObject[];
};
