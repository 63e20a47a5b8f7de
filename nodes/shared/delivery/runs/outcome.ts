import type { IRun } from 'n8n-workflow';

/** How the run of a batch came out. */
export type RunOutcome =
	/** Ended well; also a run that now waits at a Wait node: n8n does not report how that one ends. */
	| { kind: 'succeeded' }
	/** `outage` names the sign that another system is down or busy, for example `HTTP 503`. */
	| { kind: 'failed'; reason: string; outage?: string }
	/** n8n knows a run under this key already: the batch was started before. */
	| { kind: 'startedBefore' }
	/** No news of its end within the time allowed, milliseconds. */
	| { kind: 'unknown'; waitedMs: number }
	/** n8n could not take the items in: they are what is wrong. */
	| { kind: 'notTaken'; reason: string }
	/** n8n did not start a run. */
	| { kind: 'refused'; reason: string }
	/** The trigger is being stopped. */
	| { kind: 'closed' };

/** n8n resolves with the run for failed runs too, and with nothing for a key that it knows. */
export function outcomeOf(run: IRun | undefined): RunOutcome {
	if (!run) return { kind: 'startedBefore' };
	if (run.status === 'success' || run.status === 'waiting') return { kind: 'succeeded' };
	const error = run.data?.resultData?.error;
	const outage = outageOf(error);
	return { kind: 'failed', reason: reasonOf(error) ?? `the run ended as '${run.status}'`, ...(outage ? { outage } : {}) };
}

/** What it means that n8n rejected the promise of a run. */
export function rejectionOf(error: unknown): RunOutcome {
	const { name, message } = error instanceof Error ? error : new Error(String(error));
	// A person stopped the run: it was started, and its end is known.
	if (/cancel/i.test(name)) return { kind: 'failed', reason: message };
	return { kind: 'refused', reason: message };
}

/** Whether n8n's reason is an engine (2.0) on which no trigger may wait for a run. */
export function refusedToWait(reason: string): boolean {
	return /without waiting/i.test(reason);
}

const LONGEST_DESCRIPTION = 500;

/** In the message n8n says in general words which kind of refusal it was; what the server said is in the description. */
function reasonOf(error: unknown): string | undefined {
	const { message, description } = fieldsOf(error);
	if (typeof message !== 'string') return undefined;
	const said = typeof description === 'string' ? description.trim() : '';
	return said && !message.includes(said) ? `${message}: ${said.slice(0, LONGEST_DESCRIPTION)}` : message;
}

/** Statuses with which a server, or a proxy before it, says that it is down or busy and not that the request is wrong. */
const DOWN: ReadonlySet<string> = new Set(['408', '425', '429', '502', '503', '504']);
/** Codes of Node.js and of n8n's HTTP client for connections that were refused, lost or never answered. */
const UNREACHABLE: ReadonlySet<string> = new Set([
	'ECONNREFUSED',
	'ECONNRESET',
	'ECONNABORTED',
	'ETIMEDOUT',
	'ESOCKETTIMEDOUT',
	'EPIPE',
	'EHOSTUNREACH',
	'EHOSTDOWN',
	'ENETUNREACH',
	'ENETDOWN',
	'ENOTFOUND',
	'EAI_AGAIN',
	'UND_ERR_CONNECT_TIMEOUT',
	'UND_ERR_HEADERS_TIMEOUT',
	'UND_ERR_SOCKET',
]);
/** Where nodes and clients keep the status or code of an answer, and what they wrap it in. */
const CODES = ['httpCode', 'code', 'errno', 'status', 'statusCode'];
const WRAPPERS = ['cause', 'error', 'errorResponse', 'response', 'reason'];
const DEEPEST_WRAPPER = 5;

/**
 * The sign that a run failed since another system is down or busy; `undefined` for everything else, also for what cannot
 * be told. The error comes as an object of the failing node, or, through n8n's queue, as its copy without a class.
 */
export function outageOf(error: unknown): string | undefined {
	let level = [error];
	for (let depth = 0; depth < DEEPEST_WRAPPER; depth++) {
		const objects = level.map(fieldsOf);
		for (const fields of objects) {
			for (const name of CODES) {
				const code = String(fields[name] ?? '');
				if (DOWN.has(code)) return `HTTP ${code}`;
				if (UNREACHABLE.has(code)) return code;
				// The outermost answer decides: what lies inside another status is no outage of its own.
				if (/^[1-5]\d\d$/.test(code)) return undefined;
			}
		}
		// A 'Stop and Error' node keeps its error object, with which a workflow can say so itself, in the metadata.
		level = objects.flatMap((fields) => [...WRAPPERS.map((name) => fields[name]), fieldsOf(fields.context).metadata].filter((inner) => typeof inner === 'object' && inner !== null));
	}
	return undefined;
}

function fieldsOf(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
