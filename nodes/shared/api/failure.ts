/** What can go wrong between n8n and Pico, told apart by what a person or a retry can do about it. */
export type FailureKind =
	/** No connection: wrong host, refused, reset, name not found. */
	| 'network'
	/** The certificate is not trusted or no longer valid. */
	| 'certificate'
	| 'timeout'
	/** The token was refused. */
	| 'auth'
	/** Nothing at this path. */
	| 'path'
	/** The server sends elsewhere. */
	| 'redirect'
	/** An answer, but not one of a GraphQL server. */
	| 'notGraphql'
	| 'rateLimited'
	| 'server'
	/** The server understood the request and refuses it, or failed inside. */
	| 'graphql'
	/** The answer or the stream ended half-way. */
	| 'cutOff'
	/** A single event beyond the limit. */
	| 'tooLarge'
	/** The credential names another host than the one it was read with. */
	| 'moved'
	/** The input of the node is not usable. */
	| 'input'
	/** A mistake in this package. */
	| 'internal'
	| 'aborted';

export interface GraphqlErrorEntry {
	message: string;
	path?: ReadonlyArray<string | number>;
	code?: string;
}

export interface FailureDetails {
	/** How to get unstuck, one or two sentences. */
	hint?: string;
	/** HTTP status, where there was an answer. */
	status?: number;
	/** How long the server asks to wait; an hour at most. */
	retryAfterMs?: number;
	errors?: readonly GraphqlErrorEntry[];
	/** Partial data that came along with `errors`. */
	data?: unknown;
	/** Display name of the parameter to correct. */
	parameter?: string;
	/** What a workflow may want to know of a request that went through in part, such as the units saved. */
	facts?: Record<string, unknown>;
}

/**
 * The one error that the api layer throws. It never holds the request, so it cannot carry the token into an execution
 * or a log.
 */
export class PicoFailure extends Error {
	readonly kind: FailureKind;
	readonly details: FailureDetails;

	constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
		super(message);
		this.name = 'PicoFailure';
		this.kind = kind;
		this.details = details;
	}
}

const WORTH_A_RETRY: ReadonlySet<FailureKind> = new Set(['network', 'timeout', 'rateLimited', 'server', 'cutOff']);

/** Whether the same request may well succeed a little later. Says nothing of whether a repeat is safe. */
export function isTransient(failure: PicoFailure): boolean {
	return WORTH_A_RETRY.has(failure.kind);
}

/** Anything that was thrown, as a failure. What is none of ours is a mistake inside, never a passing fault of the server. */
export function asFailure(thrown: unknown): PicoFailure {
	return thrown instanceof PicoFailure ? thrown : new PicoFailure('internal', thrown instanceof Error ? thrown.message : String(thrown));
}

/** What tells one cause from another: kind and code. Servers put times, ids and counters into their wording. */
export function causeOf({ kind, details }: PicoFailure): string {
	const codes = new Set((details.errors ?? []).map(({ code }) => code ?? ''));
	return [kind, details.status ?? '', ...[...codes].sort()].join(':');
}
