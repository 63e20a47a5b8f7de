import type { EventKind } from '../events/types';

/** When an event counts as delivered. */
export type MoveOn = 'finished' | 'succeeded' | 'started';

/** What happens to an event whose last attempt failed. */
export type AfterLastAttempt = 'skip' | 'hold' | 'failedOutput';

/** What happens on a restart to an event whose run may have been cut off. */
export type AfterUncleanStop = 'never' | 'again';

/** How the stream reaches n8n. */
export type Transport = 'sse' | 'webSocket';

export type StartFrom = { from: 'new' } | { from: 'earliest' } | { from: 'date'; date: string };

export type OutputMode = 'simplified' | 'full' | 'fields';

/** Which events a trigger takes and what it makes of them: what both triggers read from their parameters. */
export interface EventChoice {
	kind: EventKind;
	/** Ids of operations; empty for all. */
	products: readonly string[];
	/** Order id, `*` stands for any text; empty for all. */
	orderFilter: string;
	output: OutputMode;
	/** First-level fields for output `fields`. */
	fields: readonly string[];
	/** Whether a completion becomes one item for each consumed serial. */
	perSerial: boolean;
	lookbackMs: number;
	/** Whether the structure of the affected product is added to each item. */
	attachStructure: boolean;
	/** Workflow and node. */
	owner: { workflowId: string; nodeId: string };
}

/** Everything the stream trigger reads from its parameters, read once when it starts. */
export interface TriggerSettings extends EventChoice {
	startFrom: StartFrom;
	moveOn: MoveOn;
	transport: Transport;
	eventsPerRun: number;
	attempts: number;
	afterLastAttempt: AfterLastAttempt;
	afterUncleanStop: AfterUncleanStop;
	/** A new value forgets the stored position. */
	resetToken: string;
	/** Longest silence before a connection counts as dead, milliseconds; 0 = never. */
	silenceMs: number;
	/** Longest wait for the end of a run, milliseconds. */
	runTimeoutMs: number;
}
