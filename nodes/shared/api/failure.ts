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
	/** The input of the node is not usable. */
	| 'input'
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
	/** How long the server asks to wait. */
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

/** Anything that was thrown as a failure; what is none of ours counts as a fault inside, of which the text is kept. */
export function asFailure(thrown: unknown): PicoFailure {
	return thrown instanceof PicoFailure ? thrown : new PicoFailure('server', thrown instanceof Error ? thrown.message : String(thrown));
}
