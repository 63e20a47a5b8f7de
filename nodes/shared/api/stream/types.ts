import type { GraphqlErrorEntry } from '../failure';

/** One message of a subscription. */
export type StreamFrame =
	| { kind: 'result'; data: Record<string, unknown>; errors: readonly GraphqlErrorEntry[] }
	/** A frame that cannot be read; the stream goes on. */
	| { kind: 'unreadable'; text: string; reason: string };

/** A frame of which Pico could not resolve a row, so that it holds errors and no row at all; the stream goes on. */
export interface UnresolvedFrame {
	kind: 'unresolved';
	errors: readonly GraphqlErrorEntry[];
}

export type Frame = StreamFrame | UnresolvedFrame;

/** `overflow`: given up because the reader is too slow; to be made again at once from the reader's position. */
export type StreamEnd = 'ended' | 'overflow';

export interface Subscription {
	document: string;
	variables?: Record<string, unknown>;
	signal: AbortSignal;
	/** Called once when the server accepted the subscription; `serverDate` is its clock, from the `Date` header. */
	onOpen?: (info: { serverDate?: string }) => void;
	/** Called for everything that arrives after that, heartbeats included. */
	onActivity?: () => void;
}
