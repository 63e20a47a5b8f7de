import { NodeOperationError, type IDataObject, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { runBounded } from '../shared/api/bounded';
import { PicoFailure } from '../shared/api/failure';
import { explain, toNodeError } from '../shared/api/nodeError';
import { Run, type Execute, type Operations } from './helpers/run';
import * as completion from './resources/completion';
import * as connection from './resources/connection';
import * as note from './resources/note';
import * as operation from './resources/operation';
import * as operationOrder from './resources/operationOrder';
import * as query from './resources/query';
import * as webhook from './resources/webhook';

const resources: Record<string, { operations: Operations }> = {
	completion,
	connection,
	note,
	operation,
	operationOrder,
	query,
	webhook,
};

/** Runs the chosen operation for every input item, a few at once; output is in the order of the input. */
export async function route(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = this.getNode();
	const items = this.getInputData();
	const goOn = this.continueOnFail();
	const execute = await chosen(this);
	let run: Run;
	try {
		run = await Run.of(this);
	} catch (error) {
		if (!goOn) throw toNodeError(node, error);
		return [items.map((_, item) => failedItem(error, item))];
	}
	const outcomes = await runBounded(items.length, run.limit, async (item) => await execute(run, item), {
		keepGoing: goOn,
		signal: run.signal,
	});
	const output: INodeExecutionData[] = [];
	for (const [item, outcome] of outcomes.entries()) {
		if (!outcome) continue;
		if ('value' in outcome) {
			// One object for all rows of an item, as n8n's own helper for this does.
			const pairedItem = { item };
			for (const json of outcome.value) output.push({ json, pairedItem });
		} else if (goOn) output.push(failedItem(outcome.thrown, item));
		else throw toNodeError(node, outcome.thrown, item);
	}
	return [output];
}

async function chosen(context: IExecuteFunctions): Promise<Execute> {
	const resource = String(context.getNodeParameter('resource', 0));
	const name = String(context.getNodeParameter('operation', 0));
	const load = resources[resource]?.operations[name];
	if (!load) throw new NodeOperationError(context.getNode(), `'Operation' is '${name}', which '${resource}' does not have`);
	return (await load()).execute;
}

/**
 * What becomes of an item that failed when the node is set to continue. Everything lies in `error`: only an item with
 * that single key is sent to the error output by every version of n8n.
 */
function failedItem(thrown: unknown, item: number): INodeExecutionData {
	return { json: { error: reason(thrown, item) }, pairedItem: { item } };
}

function reason(thrown: unknown, item: number): IDataObject {
	if (!(thrown instanceof PicoFailure)) {
		const { message, description } = thrown as Error & { description?: string };
		return { message: `${message} [Item ${item}]`, ...(description ? { description } : {}) };
	}
	const { parameter, status, errors, data, facts } = thrown.details;
	return {
		...explain(thrown, item),
		kind: thrown.kind,
		...(parameter === undefined ? {} : { parameter }),
		...(status === undefined ? {} : { httpStatus: status }),
		...(errors === undefined ? {} : { errors: errors as unknown as IDataObject[] }),
		...(data === undefined ? {} : { data: data as IDataObject }),
		...(facts as IDataObject),
	};
}
