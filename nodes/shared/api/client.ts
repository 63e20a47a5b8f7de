import type { Slots } from './bounded';
import { graphqlFailure, hostOf } from './classify';
import { Dialect } from './dialect/dialect';
import { PicoFailure, type GraphqlErrorEntry } from './failure';
import { elapsed } from './pause';
import { failUnlessGraphql, hasData, parseReason, readErrors, type Redact } from './result';
import { RETRY, retrying } from './retry';
import { post, readAccess, type Access, type PicoContext } from './transport';
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
const SHORTEST_TOKEN = 4;
/** Tokens to strike out at most: the present one and those before it. */
const TOKENS_KNOWN = 10;
/** Triggers run for months: what they know of the credential is read again after this time. */
const READ_AGAIN_AFTER_MS = 1_000;

type FetchInit = { body?: unknown; headers?: unknown; signal?: AbortSignal | null };

/** Talks GraphQL with one Pico, through n8n's HTTP helper and with n8n's credential. */
export class PicoClient {
	private readonly graphql: GraphQLClient;
	/** Of its last answer; lower-case names. */
	headers: Readonly<Record<string, string>> = {};
	private readonly tokens = new Set<string>();
	private readAt = elapsed();

	private constructor(
		readonly context: PicoContext,
		private access: Access,
		private readonly slots: Slots | undefined,
	) {
		this.remember(access.token);
		this.graphql = new GraphQLClient(access.endpoint, { errorPolicy: 'all', excludeOperationName: true, fetch: this.fetch });
	}

	/** @param slots what its requests wait for; without them it sends at once */
	static async of(context: PicoContext, slots?: Slots): Promise<PicoClient> {
		return new PicoClient(context, await readAccess(context), slots);
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

	/** A server's text with the token struck out: some repeat it in their messages. Never for data. */
	readonly withoutToken: Redact = (text) => {
		let clean = text;
		for (const token of this.tokens) clean = clean.replaceAll(token, '***');
		return clean;
	};

	/**
	 * Reads the credential again, which somebody may have edited since: a new token or path is used from now on. The host
	 * stays, since a position belongs to one Pico, and a token too.
	 *
	 * @throws PicoFailure when the credential now names another host, or cannot be read
	 */
	async renew(): Promise<void> {
		if (elapsed() - this.readAt < READ_AGAIN_AFTER_MS) return;
		const access = await this.readAgain();
		const [before, now] = [hostOf(this.access.endpoint), hostOf(access.endpoint)];
		if (now !== before) {
			throw new PicoFailure('moved', `The credential now names the host ${now}; this workflow was published for ${before}`, {
				hint: 'Publish the workflow again to read from the new host. Until then nothing is sent to either.',
			});
		}
		this.access = access;
		this.remember(access.token);
		this.readAt = elapsed();
	}

	/**
	 * Notes the token that a request has just been signed with. n8n's helper reads the credential itself, which somebody may
	 * have edited since `renew`; a server may repeat that token in its answer.
	 */
	async noteToken(): Promise<void> {
		const access = await readAccess(this.context).catch(() => undefined);
		if (access) this.remember(access.token);
	}

	/** What this server calls things; found once for each endpoint and remembered. */
	async dialect(signal?: AbortSignal): Promise<Dialect> {
		await this.renew();
		return await Dialect.of(this.endpoint, async (document) => await this.execute({ document, repeatable: true }), signal);
	}

	/**
	 * Runs a query or mutation. Errors beside usable data are handed back with the data; errors alone are a failure.
	 *
	 * @throws PicoFailure
	 */
	async execute<T = Record<string, unknown>>(request: PicoRequest): Promise<PicoResult<T>> {
		const send = async () => await this.once<T>(request);
		const attempt = async () => await (this.slots ? this.slots.run(send) : send());
		return request.repeatable ? await retrying(RETRY.request, attempt, request) : await attempt();
	}

	/**
	 * Like `execute`, with a document that depends on what the server has: it is built again, a few times at most, when the
	 * server does not know a name in it or refuses its filter.
	 */
	async executeAdapted<T = Record<string, unknown>>(
		build: (dialect: Dialect) => Omit<PicoRequest, 'repeatable'>,
		options: { repeatable: boolean },
	): Promise<PicoResult<T>> {
		const dialect = await this.dialect();
		return await dialect.adapting(
			() => build(dialect),
			async (built) => await this.execute<T>({ ...built, ...options }),
		);
	}

	/**
	 * Now, by the clock of the server: events carry its time, and clocks of plants drift. Full seconds, never ahead of it.
	 * Falls back to the clock of this machine for a server that does not tell.
	 */
	async serverNow(signal?: AbortSignal): Promise<string> {
		await this.execute({ document: '{ __typename }', repeatable: true, signal });
		const ms = Date.parse(this.headers.date ?? '');
		return new Date(Number.isNaN(ms) ? Date.now() : ms).toISOString();
	}

	/**
	 * Asks for nothing but an answer in GraphQL.
	 *
	 * @param endpoint another address of the same host; the token goes to no other
	 * @throws PicoFailure
	 */
	async answersAt(endpoint: string, signal: AbortSignal): Promise<void> {
		const body = JSON.stringify({ query: '{ __typename }' });
		failUnlessGraphql(await post(this.context, endpoint, body, 'application/json', signal), endpoint, this.withoutToken);
	}

	private async readAgain(): Promise<Access> {
		try {
			return await readAccess(this.context);
		} catch (error) {
			throw unreadableCredential(this.withoutToken(error instanceof Error ? error.message : String(error)));
		}
	}

	private remember(token: string): void {
		if (token.length < SHORTEST_TOKEN) return;
		this.tokens.delete(token);
		this.tokens.add(token);
		const [oldest] = this.tokens;
		if (this.tokens.size > TOKENS_KNOWN) this.tokens.delete(oldest);
	}

	private async once<T>({ document, variables, signal }: PicoRequest): Promise<PicoResult<T>> {
		await this.renew();
		let answer: { data?: unknown; errors?: unknown; status: number; headers: Headers };
		try {
			answer = await this.graphql.rawRequest<unknown>({ query: document, variables, signal });
		} catch (error) {
			throw await this.fromGraphql(error);
		}
		if (answer.errors !== undefined) await this.noteToken();
		const errors = readErrors(answer.errors, this.withoutToken);
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
		this.headers = answer.headers;
		if (answer.status >= 300) await this.noteToken();
		failUnlessGraphql(answer, this.endpoint, this.withoutToken);
		const told: Record<string, string> = { 'content-type': 'application/json', 'retry-after': answer.headers['retry-after'] };
		const headers = { get: (name: string) => told[name.toLowerCase()] ?? null };
		return { ok: true, status: answer.status, headers, text: async () => answer.body } as unknown as Response;
	};

	private async fromGraphql(error: unknown): Promise<PicoFailure> {
		if (error instanceof PicoFailure) return error;
		await this.noteToken();
		const { response } = error as { response?: { errors?: unknown; status?: number } };
		const errors = readErrors(response?.errors, this.withoutToken);
		if (errors.length > 0) return graphqlFailure(errors, response?.status);
		return new PicoFailure('cutOff', `The answer from Pico is incomplete: ${this.withoutToken(parseReason(error))}`, {
			hint: 'The connection was probably cut. Try again.',
		});
	}
}

function unreadableCredential(reason: string): PicoFailure {
	return new PicoFailure('input', `The credential cannot be read (${reason})`, {
		hint: 'Choose a credential in the node and publish the workflow again.',
	});
}
