import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { START } from '../../shared/api/adaptiveLimit';
import { Slots } from '../../shared/api/bounded';
import { graphqlFailure } from '../../shared/api/classify';
import { PicoClient, type PicoRequest, type PicoResult } from '../../shared/api/client';
import type { Dialect } from '../../shared/api/dialect/dialect';

/** What one operation of the node does for one input item. Rows become items, paired with the input. */
export type Execute = (run: Run, item: number) => Promise<IDataObject[]>;

/** The operations of a resource. n8n loads all nodes when it starts; what an operation does is loaded when it first runs. */
export type Operations = Readonly<Record<string, () => Promise<{ execute: Execute }>>>;

/** One execution of the node: the connection, the parameters, and what its items share. */
export class Run {
	private readonly shared = new Map<string, Promise<unknown>>();

	private constructor(
		readonly context: IExecuteFunctions,
		readonly client: PicoClient,
		/** How many items, or units of one, are worked on at once. */
		readonly limit: { readonly size: number },
	) {}

	static async of(context: IExecuteFunctions): Promise<Run> {
		const slots = new Slots();
		// As many as requests may be under way, but never fewer than at the start: with a server that is down, items would
		// otherwise wait for their next tries one after the other.
		const limit = {
			get size() {
				return Math.max(START, slots.limit.size);
			},
		};
		return new Run(context, await PicoClient.of(context, slots), limit);
	}

	/** Fires when the execution is cancelled. */
	get signal(): AbortSignal | undefined {
		return this.context.getExecutionCancelSignal();
	}

	get itemCount(): number {
		return this.context.getInputData().length;
	}

	parameter(name: string, item: number, fallback?: unknown): unknown {
		return this.context.getNodeParameter(name, item, fallback as string);
	}

	/** Asks once for all items of this execution; a question that failed may be asked again. */
	async once<T>(key: string, ask: () => Promise<T>): Promise<T> {
		const asked = this.shared.get(key) ?? ask();
		this.shared.set(key, asked);
		asked.catch(() => this.shared.delete(key));
		return (await asked) as T;
	}

	/** Reads with a document made for this server. An answer with errors is no answer, also where data came along. */
	async read(document: (dialect: Dialect) => string): Promise<Record<string, unknown>> {
		return await this.send(document, { repeatable: true });
	}

	/** @param repeatable whether a second run does no harm, so that a transient failure may be tried again */
	async write(document: (dialect: Dialect) => string, options: { repeatable: boolean; variables?: IDataObject }) {
		return await this.send(document, options);
	}

	/** Runs a document as it is; errors beside data are handed back with it. */
	async raw(request: Omit<PicoRequest, 'signal'>): Promise<PicoResult> {
		return await this.client.execute({ ...request, signal: this.signal });
	}

	private async send(
		document: (dialect: Dialect) => string,
		{ repeatable, variables }: { repeatable: boolean; variables?: IDataObject },
	): Promise<Record<string, unknown>> {
		const build = (dialect: Dialect) => ({ document: document(dialect), variables, signal: this.signal });
		return whole(await this.client.executeAdapted(build, { repeatable }));
	}

	/** Shows a note beside the output. */
	warn(message: string): void {
		this.context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	}
}

function whole({ data, errors }: PicoResult): Record<string, unknown> {
	if (errors.length > 0) throw graphqlFailure(errors, undefined, data);
	return data;
}
