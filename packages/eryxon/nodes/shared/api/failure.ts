/** What can go wrong between n8n and Eryxon, told apart by what a person or a retry can do about it. */
export type FailureKind =
	/** No connection: wrong host, refused, reset, certificate. */
	| 'network'
	| 'timeout'
	/** The API key was refused. */
	| 'auth'
	/** Calls of the day, or records of the plan, are used up. */
	| 'quota'
	/** An answer that does not come from Eryxon: a proxy, a gateway, a page. */
	| 'foreign'
	| 'notFound'
	/** Eryxon refuses the request as it is. */
	| 'refused'
	/** Eryxon, or something before it, is not available right now. */
	| 'server'
	/** The input of the node is not usable. */
	| 'input'
	| 'aborted';

export interface FailureDetails {
	/** How to get unstuck, one or two sentences. */
	hint?: string;
	status?: number;
	/** Eryxon's own code, such as RATE_LIMIT_EXCEEDED. */
	code?: string;
	/** How long the server asks to wait. */
	retryAfterMs?: number;
	/** What to quote when asking the vendor. */
	requestId?: string;
	/** Display name of the parameter or field to correct. */
	parameter?: string;
	/** Whether every other request of this kind would fail alike. */
	everything?: true;
	/** What a workflow may want to know, such as the key of the record. */
	facts?: Record<string, unknown>;
}

/** The one error of the api layer. It never holds the request, so it cannot carry the key into an execution or a log. */
export class EryxonFailure extends Error {
	constructor(
		readonly kind: FailureKind,
		message: string,
		readonly details: FailureDetails = {},
	) {
		super(message);
		this.name = 'EryxonFailure';
	}

	/** The same failure with more to tell. */
	with(details: Partial<FailureDetails>): EryxonFailure {
		return new EryxonFailure(this.kind, this.message, { ...this.details, ...details });
	}
}

/** Whether every other request would fail for the same reason, so that sending more is of no use. */
export function endsEverything({ kind, details }: EryxonFailure): boolean {
	return details.everything === true || kind === 'auth' || kind === 'quota' || kind === 'aborted' || kind === 'network';
}

export function asFailure(thrown: unknown): EryxonFailure {
	if (thrown instanceof EryxonFailure) return thrown;
	return new EryxonFailure('server', thrown instanceof Error ? thrown.message : String(thrown));
}
