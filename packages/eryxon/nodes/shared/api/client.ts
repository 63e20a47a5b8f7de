import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestMethods,
	ILoadOptionsFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { apiAddress } from '../core/address';
import { isObject, type Row } from '../core/answers';
import type { ListOrder } from '../core/entities';
import { answerFailure, networkFailure, withoutSecret } from './classify';
import { EryxonFailure } from './failure';
import { listRows } from './list';
import { withRetries } from './retry';

export type EryxonContext = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | ITriggerFunctions | IWebhookFunctions;

export const CREDENTIAL = 'eryxonApi';

const ANSWER_WITHIN_MS = 120_000;

export interface EryxonRequest {
	method: IHttpRequestMethods;
	/** Below `/functions/v1/`, without a slash in front. */
	path: string;
	query?: IDataObject;
	/** Sent as JSON, keys in their order. */
	body?: unknown;
	/** Whether a second run does no harm; by default for reads only. */
	repeatable?: boolean;
	/** Whether the same request is worth a second try after it took too long; a smaller one may be better. */
	repeatSlow?: boolean;
	signal?: AbortSignal;
}

export interface EryxonAnswer {
	status: number;
	data: unknown;
	meta: unknown;
	/** The whole answer. */
	body: unknown;
	headers: Record<string, string>;
}

/** Talks to one Eryxon, always by n8n's HTTP helper and with the credential signing each request. */
export class EryxonClient {
	private constructor(
		private readonly context: EryxonContext,
		/** Address of the functions, without a slash at the end. */
		readonly base: string,
		/** Name of the ERP that the credential stands for; may be empty. */
		readonly externalSource: string,
		private readonly secret: string,
	) {}

	/** @throws EryxonFailure when the credential holds no usable address */
	static async of(context: EryxonContext): Promise<EryxonClient> {
		const { baseUrl, apiKey, externalSource } = await context.getCredentials<{ baseUrl?: unknown; apiKey?: unknown; externalSource?: unknown }>(CREDENTIAL);
		const base = apiAddress(String(baseUrl ?? ''));
		if (base === undefined) {
			throw new EryxonFailure('input', `'${String(baseUrl ?? '')}' is not a valid address`, {
				hint: "'Base URL' in the credential takes an address such as https://yourproject.supabase.co.",
				parameter: 'Base URL',
			});
		}
		return new EryxonClient(context, base, String(externalSource ?? '').trim(), String(apiKey ?? '').trim());
	}

	/** What tells one workshop from another, without the key in it. */
	get identity(): string {
		return `${this.base} ${this.secret.slice(0, 12)}`;
	}

	/** @throws EryxonFailure for every answer that is no success */
	async send(request: EryxonRequest): Promise<EryxonAnswer> {
		const repeatable = request.repeatable ?? request.method === 'GET';
		return await withRetries(async () => await this.once(request), { repeatable, slow: request.repeatSlow ?? repeatable }, request.signal);
	}

	async get(path: string, query?: IDataObject, signal?: AbortSignal): Promise<EryxonAnswer> {
		return await this.send({ method: 'GET', path, query, signal });
	}

	/** Rows of a list, all or as many as wanted; see `listRows`. */
	async list(path: string, query: IDataObject = {}, order: ListOrder = {}, most?: number, signal?: AbortSignal): Promise<Row[]> {
		return await listRows(this, { path, query, order, most, signal });
	}

	private async once({ method, path, query, body, signal }: EryxonRequest): Promise<EryxonAnswer> {
		let answer;
		try {
			answer = await this.context.helpers.httpRequestWithAuthentication.call(this.context, CREDENTIAL, {
				method,
				url: `${this.base}/${path}`,
				qs: query,
				headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
				body: body === undefined ? undefined : JSON.stringify(body),
				encoding: 'text',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				// A redirect would carry the key to whatever host the answer names.
				disableFollowRedirect: true,
				timeout: ANSWER_WITHIN_MS,
				abortSignal: signal,
			});
		} catch (error) {
			throw networkFailure(error, this.base);
		}
		const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
		const headers = Object.fromEntries(Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
		const parsed = parse(text);
		const failure = answerFailure({ status: answer.statusCode, headers, text }, parsed, this.base, this.secret);
		if (failure) throw failure;
		const envelope = isObject(parsed) ? parsed : {};
		return { status: answer.statusCode, data: envelope.data, meta: envelope.meta, body: envelope, headers };
	}

	/** Text of the server without the key in it. */
	clean(text: string): string {
		return withoutSecret(text, this.secret);
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
