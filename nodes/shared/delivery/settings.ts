import type { OutputMode } from '../events/shape';
import type { EventKind } from '../events/types';

/** When the next event is handed to the workflow. */
export type DeliverNext = 'afterFinish' | 'afterSuccess' | 'immediately';

/** What happens to an event whose last attempt failed. */
export type AfterLastAttempt = 'recordFailure' | 'keepRetrying' | 'failedOutput';

/** What happens on a restart to the event that was handed over last. */
export type AfterRestart = 'skip' | 'again';

/** How the stream reaches n8n. */
export type Transport = 'sse' | 'webSocket';

export type StartFrom = { from: 'new' } | { from: 'earliest' } | { from: 'date'; date: string };

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
	/** A new value forgets the stored position. */
	resetKey: string;
	/** Whether the structure of the affected product is added to each item. */
	attachStructure: boolean;
	/** Workflow and node. */
	owner: { workflowId: string; nodeId: string };
}

/** Everything the stream trigger reads from its parameters, read once when it starts. */
export interface TriggerSettings extends EventChoice {
	startFrom: StartFrom;
	deliverNext: DeliverNext;
	transport: Transport;
	eventsPerRun: number;
	attempts: number;
	afterLastAttempt: AfterLastAttempt;
	/** Longest time an event is kept back while another system is down, milliseconds; 0 = such a run counts as any other. */
	outagePatienceMs: number;
	afterRestart: AfterRestart;
	/** Longest silence before a connection counts as dead, milliseconds; 0 = never. */
	silenceMs: number;
	/** Longest wait for the end of a run, milliseconds. */
	runTimeoutMs: number;
}
