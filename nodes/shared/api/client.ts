import { graphqlFailure, statusFailure } from './classify';
import { Dialect } from './dialect/dialect';
import { PicoFailure, type GraphqlErrorEntry } from './failure';
import { withRetries } from './retry';
import { post, readAccess, type Access, type Answer, type PicoContext } from './transport';
import { GraphQLClient } from '../vendor/graphqlRequest';

export interface PicoRequest {
	document: string;
	variables?: Record<string, unknown>;
	/**
	 * Whether a repeat does no harm, so that a transient failure may be tried again. True for reads and for saves with
	 * an order id (Pico keeps those unique); false for everything else.
	 */
	repeatable: boolean;
	signal?: AbortSignal;
}

export interface PicoResult<T = Record<string, unknown>> {
	data: T;
	/** Errors that came beside usable data. */
	errors: readonly GraphqlErrorEntry[];
}

/** Anything shorter could be part of an ordinary word. */
const SHORTEST_TOKEN = 6;

type FetchInit = { body?: unknown; headers?: unknown; signal?: AbortSignal | null };

/** Talks GraphQL with one Pico, through n8n's HTTP helper and with n8n's credential. */
export class PicoClient {
	private readonly graphql: GraphQLClient;
	/** The server's clock at its last answer, from the `Date` header. */
	private lastDate: string | undefined;

	private constructor(
		readonly context: PicoContext,
		private readonly access: Access,
	) {
		this.graphql = new GraphQLClient(access.endpoint, { errorPolicy: 'all', fetch: this.fetch });
	}

	static async of(context: PicoContext): Promise<PicoClient> {
		return new PicoClient(context, await readAccess(context));
	}

	get endpoint(): string {
		return this.access.endpoint;
	}

	/** For WebSocket only, which n8n's helper does not carry; every HTTP request is signed by the credential. */
	get token(): string {
		return this.access.token;
	}

	get ignoreTlsIssues(): boolean {
		return this.access.ignoreTlsIssues;
	}

	/** A server's text with the token struck out: some repeat it in their messages. */
	withoutToken(text: string): string {
		const { token } = this.access;
		return token.length >= SHORTEST_TOKEN && text.includes(token) ? text.replaceAll(token, '***') : text;
	}

	/** What this server calls things; found once for each endpoint and remembered. */
	async dialect(signal?: AbortSignal): Promise<Dialect> {
		return await Dialect.of(this, signal);
	}

	/**
	 * Runs a query or mutation. Errors beside usable data are handed back with the data; errors alone are a failure.
	 *
	 * @throws PicoFailure
	 */
	async execute<T = Record<string, unknown>>(request: PicoRequest): Promise<PicoResult<T>> {
		const attempt = async () => await this.once<T>(request);
		return request.repeatable ? await withRetries(attempt, request.signal) : await attempt();
	}

	/**
	 * Like `execute`, with a document that depends on what the server has: it is built anew, a few times at most, when the
	 * server does not know a name in it.
	 */
	async executeAdapted<T = Record<string, unknown>>(
		build: (dialect: Dialect) => Omit<PicoRequest, 'repeatable'>,
		options: { repeatable: boolean },
	): Promise<PicoResult<T>> {
		const dialect = await this.dialect();
		return await dialect.adapting(async () => await this.execute<T>({ ...build(dialect), ...options }));
	}

	/**
	 * Now, by the clock of the server: events carry its time, and clocks of plants drift. Full seconds, never ahead of it.
	 * Falls back to the clock of this machine for a server that does not tell.
	 */
	async serverNow(signal?: AbortSignal): Promise<string> {
		await this.execute({ document: '{ __typename }', repeatable: true, signal });
		const ms = Date.parse(this.lastDate ?? '');
		return new Date(Number.isNaN(ms) ? Date.now() : ms).toISOString();
	}

	private async once<T>({ document, variables, signal }: PicoRequest): Promise<PicoResult<T>> {
		let answer: { data?: unknown; errors?: unknown; status: number; headers: Headers };
		try {
			answer = await this.graphql.rawRequest<unknown>({ query: document, variables, signal });
		} catch (error) {
			throw fromClient(error);
		}
		const errors = readErrors(answer.errors);
		if (errors.length === 0) return { data: (answer.data ?? {}) as T, errors };
		if (!hasData(answer.data)) throw graphqlFailure(errors, answer.status, undefined, answer.headers.get('retry-after'));
		return { data: answer.data as T, errors };
	}

	/** `fetch` for graphql-request on top of n8n's helper; only the parts that graphql-request uses. */
	private readonly fetch = async (_url: unknown, init: FetchInit = {}): Promise<Response> => {
		const answer = await post(
			this.context,
			this.endpoint,
			String(init.body),
			// The media type of the GraphQL-over-HTTP draft first would make some servers answer 4xx where others send 200.
			'application/json, application/graphql-response+json;q=0.9',
			init.signal ?? undefined,
		);
		this.lastDate = answer.headers.date;
		failUnlessGraphql(answer, this.endpoint);
		const told: Record<string, string> = { 'content-type': 'application/json', 'retry-after': answer.headers['retry-after'] };
		const headers = { get: (name: string) => told[name.toLowerCase()] ?? null };
		return { ok: true, status: answer.status, headers, text: async () => this.withoutToken(answer.body) } as unknown as Response;
	};
}

/** @throws PicoFailure when the answer cannot be a GraphQL result */
export function failUnlessGraphql(answer: Answer<string>, endpoint: string): void {
	const looksLikeResult = /^\s*\{/.test(answer.body) && (answer.status < 400 || /"errors"\s*:/.test(answer.body));
	if (looksLikeResult) return;
	const failure = statusFailure(answer.status, endpoint, {
		retryAfter: answer.headers['retry-after'],
		location: answer.headers.location,
	});
	if (failure) throw failure;
	if (answer.body.trim() === '') {
		throw new PicoFailure('cutOff', `${endpoint} sent an empty answer`, { status: answer.status, hint: 'Try again.' });
	}
	const what = /^\s*</.test(answer.body) ? 'answers with a web page, not with GraphQL' : 'does not answer with GraphQL';
	throw new PicoFailure('notGraphql', `${endpoint} ${what}`, {
		status: answer.status,
		hint: "Check the path of 'Endpoint' in the credential (/graph/v2 or /graphql), and that no log-in page or proxy stands in between.",
	});
}

/** The `errors` of a GraphQL result, reduced to what is shown to people. */
export function readErrors(errors: unknown): GraphqlErrorEntry[] {
	if (!Array.isArray(errors)) return [];
	return errors.map((error: { message?: unknown; path?: unknown; extensions?: { code?: unknown } } | null) => ({
		message: String(error?.message ?? 'no reason given'),
		...(Array.isArray(error?.path) ? { path: error.path as Array<string | number> } : {}),
		...(typeof error?.extensions?.code === 'string' ? { code: error.extensions.code } : {}),
	}));
}

/** Whether a GraphQL result holds anything besides nulls. */
export function hasData(data: unknown): boolean {
	return typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null);
}

function fromClient(error: unknown): PicoFailure {
	if (error instanceof PicoFailure) return error;
	const { response } = error as { response?: { errors?: unknown; status?: number; data?: unknown } };
	const errors = readErrors(response?.errors);
	if (errors.length > 0) return graphqlFailure(errors, response?.status);
	const message = error instanceof Error ? error.message : String(error);
	if (/^Syntax Error|GraphQLError/.test(message)) {
		return new PicoFailure('input', `The GraphQL text is not valid: ${message}`, { hint: 'Correct the text at the place named.' });
	}
	return new PicoFailure('cutOff', `The answer of Pico is not complete: ${message.slice(0, 200)}`, {
		hint: 'The connection probably ended half-way. Try again.',
	});
}
