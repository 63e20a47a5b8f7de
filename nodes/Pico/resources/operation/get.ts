import type { IDataObject } from 'n8n-workflow';

import { operationsDocument } from '../../../shared/api/documents/reads';
import { rowsOf } from '../../../shared/events/event';
import { operationChanged } from '../../../shared/events/kinds';
import { asText } from '../../../shared/events/read';
import { shaper } from '../../../shared/events/shape';
import { readOutput } from '../../helpers/output';
import { resolveOperation, unknownId } from '../../helpers/resolve';
import type { Execute } from '../../helpers/run';

export const execute: Execute = async (run, item) => {
	const output = readOutput(run, item);
	const { id } = await resolveOperation(run, item);
	const data = await run.read((dialect) => operationsDocument(dialect, { id: { _eq: id } }, output.fields));
	const row = rowsOf(data.operations).rows.find((candidate) => asText(candidate.id) === id);
	if (!row) throw unknownId(id);
	return [shaper(operationChanged, output)(row) as IDataObject];
};
