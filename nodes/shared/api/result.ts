/** Reads what Pico answers: whether it is GraphQL at all, its errors, its data, the frames of a stream. */
import { graphqlFailure, statusFailure } from './classify';
import { PicoFailure, type GraphqlErrorEntry } from './failure';
import type { Frame } from './stream/types';
import type { Answer } from './transport';

/** Strikes the token out of a text of the server that people will read. */
export type Redact = (text: string) => string;

/** The `errors` of a GraphQL result, reduced to what is shown to people. */
export function readErrors(errors: unknown, redact: Redact): GraphqlErrorEntry[] {
	if (!Array.isArray(errors)) return [];
	return errors.map((error: { message?: unknown; path?: unknown; extensions?: { code?: unknown } } | null) => ({
		message: redact(String(error?.message ?? 'no reason given')),
		...(Array.isArray(error?.path) ? { path: error.path as Array<string | number> } : {}),
		...(typeof error?.extensions?.code === 'string' ? { code: redact(error.extensions.code) } : {}),
	}));
}

/** Whether a GraphQL result holds anything besides nulls. */
export function hasData(data: unknown): boolean {
	if (typeof data !== 'object' || data === null) return false;
	for (const name in data) if ((data as Record<string, unknown>)[name] !== null) return true;
	return false;
}

/** @throws PicoFailure when the answer cannot be a GraphQL result */
export function failUnlessGraphql(answer: Answer<string>, endpoint: string, redact: Redact): void {
	const looksLikeResult = /^\s*\{/.test(answer.body) && (answer.status < 400 || /"errors"\s*:/.test(answer.body));
	if (looksLikeResult) return;
	const { location } = answer.headers;
	const failure = statusFailure(answer.status, endpoint, {
		retryAfter: answer.headers['retry-after'],
		location: location === undefined ? undefined : redact(location),
	});
	if (failure) throw failure;
	if (answer.body.trim() === '') {
		throw new PicoFailure('cutOff', `${endpoint} sent an empty answer`, { status: answer.status, hint: 'Try again.' });
	}
	const what = /^\s*</.test(answer.body) ? 'answers with a web page, not with GraphQL' : 'does not answer with GraphQL';
	throw new PicoFailure('notGraphql', `${endpoint} ${what} (HTTP ${answer.status}, ${typeOf(answer)})`, {
		status: answer.status,
		hint: "Check the path of 'Endpoint' in the credential (/graph/v2 or /graphql), and that no login page or proxy is in between.",
	});
}

/** The content type of an answer, for people. */
export function typeOf({ headers }: Pick<Answer<unknown>, 'headers'>): string {
	const type = headers['content-type']?.split(';')[0].trim();
	return type ? type.slice(0, 100) : 'no content type';
}

/** What a parser complains of, without the piece of text that it quotes. */
export function parseReason(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return message.replace(/, (\.\.\.)?".*$/s, '').slice(0, 200);
}

/** Any value as text for people. What nests too deep for JSON is cut there. */
export function printed(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return JSON.stringify(cut(value, DEEPEST)) ?? String(value);
	}
}

const DEEPEST = 20;

function cut(value: unknown, levels: number): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (levels === 0) return '…';
	if (Array.isArray(value)) return value.map((entry) => cut(entry, levels - 1));
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner, levels - 1)]));
}

/** Reads the frames of one stream: GraphQL execution results. */
export class FrameReader {
	private hadRows = false;

	constructor(private readonly redact: Redact) {}

	/** @throws PicoFailure for a result by which the server refuses the subscription */
	text(text: string): Frame {
		let value: unknown;
		try {
			value = JSON.parse(text);
		} catch (error) {
			return { kind: 'unreadable', text: this.redact(text), reason: parseReason(error) };
		}
		return this.value(value, text);
	}

	/** The same for a result that is already parsed. */
	value(value: unknown, text?: string): Frame {
		if (typeof value !== 'object' || value === null || Array.isArray(value)) {
			return { kind: 'unreadable', text: this.redact(text ?? printed(value)), reason: 'not a GraphQL result' };
		}
		const { data, errors: rawErrors } = value as { data?: unknown; errors?: unknown };
		const errors = readErrors(rawErrors, this.redact);
		if (hasData(data)) {
			this.hadRows ||= Object.values(data as object).some((rows) => !Array.isArray(rows) || rows.length > 0);
			return { kind: 'result', data: data as Record<string, unknown>, errors };
		}
		if (errors.length === 0) return { kind: 'result', data: {}, errors };
		// A path that goes on behind the stream's own field leads into a row: Pico could not resolve that one.
		if (errors.some(({ path }) => path !== undefined && path.length > 1)) return { kind: 'unresolved', errors };
		const failure = graphqlFailure(errors, undefined);
		if (!this.hadRows || failure.kind === 'auth') throw failure;
		return { kind: 'unresolved', errors };
	}
}
