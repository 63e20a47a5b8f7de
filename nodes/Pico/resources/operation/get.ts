import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { operationsDocument } from '../../../shared/api/documents/reads';
import { rowsOf } from '../../../shared/events/event';
import { operationChanged } from '../../../shared/events/kinds';
import { asText } from '../../../shared/events/read';
import { outputDescription, readOutput, shaper } from '../../helpers/output';
import { operationPicker, PICKER, revision } from '../../helpers/picker';
import { refuse } from '../../helpers/parameters';
import { resolveOperation } from '../../helpers/resolve';
import type { Execute } from '../../helpers/run';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['operation'], operation: ['get'] } },
	[operationPicker, revision, ...outputDescription(operationChanged)],
);

export const execute: Execute = async (run, item) => {
	const output = readOutput(run, item);
	const { id } = await resolveOperation(run, item);
	const data = await run.read((dialect) => operationsDocument(dialect, { id: { _eq: id } }, output.fields));
	const row = rowsOf(data.operations).rows.find((candidate) => asText(candidate.id) === id);
	if (!row) throw refuse(PICKER, `has the ID '${id}', which Pico does not know`, 'Choose an operation from the list, or use its part number.');
	return [shaper(operationChanged, output)(row)];
};
