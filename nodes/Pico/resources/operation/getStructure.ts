import type { IDataObject } from 'n8n-workflow';

import { structureDocument } from '../../../shared/api/documents/reads';
import { asRows, asTree } from '../../../shared/api/structure/output';
import { Structure } from '../../../shared/api/structure/structure';
import { readOutput } from '../../helpers/output';
import { resolveOperation, unknownId } from '../../helpers/resolve';
import type { Execute } from '../../helpers/run';

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
