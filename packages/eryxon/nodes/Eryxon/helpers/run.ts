import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { EryxonClient } from '../../shared/api/client';
import { findGeneration } from '../../shared/api/generation';
import type { Generation } from '../../shared/core/entities';
import { convert, isEmpty } from '../../shared/core/values';

/** What an operation does for one input item; rows become items, paired with the input. */
export type Each = (run: Run, item: number) => Promise<IDataObject[]>;

/** What became of one input item. */
export type Outcome = { json: IDataObject } | { thrown: unknown };

/** What an operation does for all input items at once: one outcome for each, in their order. */
export type All = (run: Run) => Promise<Outcome[]>;

export type Execute = { each: Each } | { all: All };

/** One execution of the node: the connection, the parameters, and what its items share. */
export class Run {
	/** Items of whose record the ERP sync stored only a part. */
	readonly doubtful = new Set<number>();
	private readonly shared = new Map<string, Promise<unknown>>();

	private constructor(
		readonly context: IExecuteFunctions,
		readonly client: EryxonClient,
	) {}

	static async of(context: IExecuteFunctions): Promise<Run> {
		return new Run(context, await EryxonClient.of(context));
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

	/** A value of a collection such as Options; undefined when it is not set. */
	option(name: string, item = 0): unknown {
		return this.parameter(`options.${name}`, item, null) ?? undefined;
	}

	/** Asks once for all items of this execution; a question that failed may be asked again. */
	async once<T>(key: string, ask: () => Promise<T>): Promise<T> {
		const asked = this.shared.get(key) ?? ask();
		this.shared.set(key, asked);
		asked.catch(() => this.shared.delete(key));
		return (await asked) as T;
	}

	async generation(): Promise<Generation> {
		const chosen = String(this.option('apiVersion') ?? 'auto') as Generation | 'auto';
		return await this.once('generation', async () => await findGeneration(this.client, chosen, this.signal));
	}

	/** A moment as ISO text, in the zone of the workflow where it has none; empty for nothing, undefined for what is not a date. */
	moment(value: unknown): string | undefined {
		if (isEmpty(value)) return '';
		try {
			return String(convert({ name: 'moment', label: '', type: 'dateTime' }, value, this.context.getTimezone()));
		} catch {
			return undefined;
		}
	}

	/** Shows a note beside the output. */
	warn(message: string): void {
		this.context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	}
}
