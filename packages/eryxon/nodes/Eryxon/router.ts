import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { asFailure, EryxonFailure } from '../shared/api/failure';
import { asJson, toFailure, toNodeError } from '../shared/api/nodeError';
import { Run, type Each, type Execute, type Outcome } from './helpers/run';
import { resources } from './resources';

/** Runs the chosen operation; output is in the order of the input. */
export async function route(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = this.getNode();
	const goOn = this.continueOnFail();
	const execute = chosen(this);
	let run: Run;
	try {
		run = await Run.of(this);
		if ('each' in execute) return [await oneByOne(run, execute.each, goOn)];
		return [atOnce(run, await execute.all(run), goOn)];
	} catch (error) {
		if (!goOn || error instanceof NodeOperationError) throw toNodeError(node, error);
		return [this.getInputData().map((_, item) => failedItem(error, item))];
	}
}

function chosen(context: IExecuteFunctions): Execute {
	const resource = String(context.getNodeParameter('resource', 0));
	const name = String(context.getNodeParameter('operation', 0));
	const execute = resources[resource]?.[name];
	if (!execute) throw new NodeOperationError(context.getNode(), `'Operation' is '${name}', which '${resource}' does not have`);
	return execute;
}

async function oneByOne(run: Run, each: Each, goOn: boolean): Promise<INodeExecutionData[]> {
	const output: INodeExecutionData[] = [];
	for (let item = 0; item < run.itemCount && !run.signal?.aborted; item++) {
		try {
			for (const json of await each(run, item)) output.push({ json, pairedItem: { item } });
		} catch (error) {
			if (!goOn) throw toNodeError(run.context.getNode(), error, item);
			output.push(failedItem(error, item));
		}
	}
	return output;
}

/** One item out for each item in. */
function atOnce(run: Run, outcomes: readonly Outcome[], goOn: boolean): INodeExecutionData[] {
	const failed = [...outcomes.entries()].flatMap(([item, outcome]) => (outcome && 'thrown' in outcome ? [{ item, thrown: outcome.thrown }] : []));
	const asResults = run.parameter('onRecordError', 0, 'stop') === 'results';
	if (failed.length > 0 && !goOn && !(asResults && failed.length < outcomes.length)) throw stopping(run, failed, outcomes.length);
	if (failed.length > 0 && !goOn) {
		run.warn(`${failed.length} of ${outcomes.length} records are not stored; their items have the action 'error' and say why.`);
	}
	return Array.from({ length: outcomes.length }, (_, item) => {
		const outcome = outcomes[item];
		if (outcome && 'json' in outcome) return { json: outcome.json, pairedItem: { item } };
		const thrown = outcome ? outcome.thrown : new EryxonFailure('aborted', 'The execution was canceled');
		return goOn ? failedItem(thrown, item) : resultItem(thrown, item);
	});
}

/** The error of a run that cannot go on: the first one, and how many there are. */
function stopping(run: Run, failed: ReadonlyArray<{ item: number; thrown: unknown }>, total: number): Error {
	const node = run.context.getNode();
	const [first] = failed;
	if (failed.length === 1) return toNodeError(node, first.thrown, first.item);
	const failure = toFailure(first.thrown);
	if (!(failure instanceof EryxonFailure)) return toNodeError(node, failure, first.item);
	const byReason = new Map<string, number[]>();
	for (const { item, thrown } of failed) {
		const reason = asFailure(toFailure(thrown)).message;
		byReason.set(reason, [...(byReason.get(reason) ?? []), item]);
	}
	const shown = [...byReason].slice(0, 10).map(([reason, items]) => `${itemsText(items)}: ${reason}`);
	const more = byReason.size > 10 ? `; and ${byReason.size - 10} more reasons` : '';
	const hint = `${failed.length} of ${total} records failed. ${shown.join('; ')}${more}. ${failure.details.hint ?? ''}`.trim();
	return toNodeError(node, failure.with({ hint }), first.item);
}

function itemsText(items: readonly number[]): string {
	const shown = items.slice(0, 5).join(', ');
	return items.length === 1 ? `Item ${shown}` : `Items ${shown}${items.length > 5 ? ` and ${items.length - 5} more` : ''}`;
}

/** Everything lies in `error`: only an item with that single key is sent to the error output by every version of n8n. */
function failedItem(thrown: unknown, item: number): INodeExecutionData {
	return { json: { error: asJson(thrown, item) }, pairedItem: { item } };
}

/** The same beside the good results of the other records. */
function resultItem(thrown: unknown, item: number): INodeExecutionData {
	const { external_id = null, external_source = null, ...error } = asJson(thrown, item);
	return { json: { action: 'error', id: null, external_id, external_source, error }, pairedItem: { item } };
}
