import { isObject, reasonOf } from '../core/answers';
import { EryxonFailure } from './failure';

export interface Answer {
	status: number;
	/** Lower-case names. */
	headers: Record<string, string>;
	text: string;
}

/** Turns what n8n's HTTP helper threw into a failure. Only the code is taken: the error holds the request with the key. */
export function networkFailure(thrown: unknown, base: string): EryxonFailure {
	if (thrown instanceof EryxonFailure) return thrown;
	const code = errorCode(thrown) ?? '';
	const host = hostOf(base);
	if (code === 'ERR_CANCELED' || code === 'ABORT_ERR') return new EryxonFailure('aborted', 'The request was canceled');
	if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|SSL/.test(code)) {
		return new EryxonFailure('network', `The TLS certificate of ${host} is not trusted (${code})`, {
			hint: 'Add the certificate authority that issued it to n8n (NODE_EXTRA_CA_CERTS).',
		});
	}
	if (/ETIMEDOUT|ECONNABORTED|TIMEOUT/.test(code)) {
		return new EryxonFailure('timeout', `Eryxon at ${host} did not answer in time`, { hint: 'Check that the server is up, then try again.' });
	}
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
		return new EryxonFailure('network', `The host name ${host} is not known (${code})`, { hint: "Check 'Base URL' in the credential." });
	}
	if (code === 'ECONNREFUSED') {
		return new EryxonFailure('network', `Nothing accepts connections at ${host} (${code})`, {
			hint: "Check host and port of 'Base URL' in the credential, and that Eryxon is running.",
		});
	}
	return new EryxonFailure('network', `The connection to ${host} was lost${code ? ` (${code})` : ''}`, {
		hint: 'Check the network between n8n and Eryxon, then try again.',
	});
}

/** The failure in an answer, or undefined when it is a success. */
export function answerFailure(answer: Answer, body: unknown, base: string, secret: string): EryxonFailure | undefined {
	const { status, headers } = answer;
	const envelope = isObject(body) && (typeof body.success === 'boolean' || isObject(body.error)) ? body : undefined;
	if (status >= 200 && status < 300 && (envelope?.success === true || answer.text.trim() === '')) return undefined;
	const requestId = headers['x-request-id'];
	const details = { status, ...(requestId ? { requestId } : {}) };
	if (status >= 300 && status < 400) {
		return new EryxonFailure('foreign', `${hostOf(base)} redirects to another address (HTTP ${status})`, {
			...details,
			hint: `The API key is never sent to another address. Enter the final address${headers.location ? ` (${withoutSecret(headers.location, secret)})` : ''} as 'Base URL' in the credential.`,
		});
	}
	if (!envelope) return foreignFailure(answer, body, base, details, secret);

	const error = isObject(envelope.error) ? envelope.error : {};
	const code = typeof error.code === 'string' ? error.code : undefined;
	const said = withoutSecret(messageOf(error), secret);
	const all = { ...details, ...(code ? { code } : {}) };
	if (status === 401 || (status === 500 && AUTH.test(said))) return authFailure(status, said, all);
	if (status === 403) return new EryxonFailure('refused', `Eryxon does not allow this: ${said}`, all);
	if (status === 402) {
		return new EryxonFailure('quota', `The plan of this workshop has no room for more: ${said}${usageOf(error.details)}`, {
			...all,
			hint: 'Ask the administrator of Eryxon for a larger plan, or delete what is no longer needed.',
		});
	}
	if (status === 429) return rateFailure(answer, error, said, all);
	if (status === 404) return new EryxonFailure('notFound', `Eryxon answered: ${said}`, all);
	if (status >= 502 || (status === 500 && !DATABASE.test(said))) return new EryxonFailure('server', `Eryxon is not available right now (HTTP ${status}): ${said}`, { ...all, retryAfterMs: retryAfterMs(headers['retry-after']) });
	return new EryxonFailure('refused', `Eryxon answered: ${said}`, { ...all, ...adviceFor(said) });
}

/** Something else than Eryxon answered: a gateway, a proxy, a web page. */
function foreignFailure(answer: Answer, body: unknown, base: string, details: { status: number }, secret: string): EryxonFailure {
	const { status, text, headers } = answer;
	const host = hostOf(base);
	const said = withoutSecret(isObject(body) ? reasonOf(body.message ?? body.msg ?? body.error) : titleOf(text), secret);
	const shown = said && said !== 'no reason given' ? `: ${said}` : '';
	if (status === 401 || status === 403) return authFailure(status, said, details);
	if (isObject(body) && body.code === 'BOOT_ERROR') {
		return new EryxonFailure('foreign', `The function of Eryxon that this needs does not start (HTTP ${status}, BOOT_ERROR)`, {
			...details,
			everything: true,
			hint: 'Its code on this server is faulty, so trying again does not help. Ask the administrator of the server to install a version of Eryxon in which it starts.',
		});
	}
	if (/InvalidWorkerCreation/i.test(said)) {
		return new EryxonFailure('foreign', `The server has no such function (HTTP ${status})`, {
			...details,
			everything: true,
			hint: "Supabase in Docker answers like this. Check 'Base URL' in the credential, and that all functions of Eryxon are deployed.",
		});
	}
	if (TOO_SLOW.includes(status) || /WorkerRequestCancelled|WORKER_LIMIT|WorkerAlreadyRetired/i.test(`${said} ${isObject(body) ? String(body.code) : ''}`)) {
		return new EryxonFailure('timeout', `${host} ended the call before Eryxon had finished (HTTP ${status})${shown}`, {
			...details,
			hint: "Servers end calls that take long, often after 60 seconds. Choose fewer 'Records per Call'.",
		});
	}
	if (status === 429) return rateFailure(answer, {}, said || 'too many requests', details);
	if (status === 404) {
		return new EryxonFailure('foreign', `Eryxon is not at ${base} (HTTP 404)${shown}`, {
			...details,
			hint: "Check 'Base URL' in the credential: the origin of Eryxon's API, with or without /functions/v1.",
		});
	}
	if (status >= 500) {
		return new EryxonFailure('server', `${host} answered with HTTP ${status} and something that is not Eryxon's${shown}`, {
			...details,
			retryAfterMs: retryAfterMs(headers['retry-after']),
			hint: 'A proxy or the platform answers in its place. This is usually temporary. If it persists, ask the administrator of the server.',
		});
	}
	return new EryxonFailure('foreign', `${host} answered with HTTP ${status} and something that is not Eryxon's${shown}`, {
		...details,
		hint: "Check 'Base URL' in the credential: it takes the address of the API, not that of the web application.",
	});
}

/** A gateway gave up, or the platform ended the function. */
const TOO_SLOW = [408, 504, 524, 546];

/** Words of the database or of a parser: the same request would fail again. Anything else inside Eryxon may pass. */
const DATABASE = /duplicate|constraint|violates|column|relation|null value|invalid input|invalid json|syntax|parse|schema cache|out of range|too long|unicode escape|not satisfiable/i;

const AUTH = /\b(api key|authori[sz]ation header|unauthori[sz]ed|bearer)\b/i;

function authFailure(status: number, said: string, details: object): EryxonFailure {
	return new EryxonFailure('auth', `Eryxon refused the API key (HTTP ${status})${said ? `: ${said}` : ''}`, {
		...details,
		status,
		hint: "Check 'API Key' in the credential. Keys begin with ery_live_ and are made in Eryxon under Admin > API Keys.",
	});
}

function rateFailure({ headers }: Answer, error: Record<string, unknown>, said: string, details: object): EryxonFailure {
	const info = isObject(error.rateLimitInfo) ? error.rateLimitInfo : {};
	const wait = retryAfterMs(headers['retry-after'] ?? (typeof info.retryAfter === 'number' ? String(info.retryAfter) : undefined));
	const reset = headers['x-ratelimit-reset'] ?? (typeof info.resetAt === 'string' ? info.resetAt : undefined);
	return new EryxonFailure('quota', `The calls that Eryxon allows are used up (HTTP 429): ${said}`, {
		...details,
		retryAfterMs: wait,
		hint: `${reset ? `More are allowed from ${reset} on. ` : wait ? `More are allowed in ${Math.ceil(wait / 60_000)} min. ` : ''}Bulk Sync needs one call for up to 1,000 records.`,
	});
}

/** What is behind messages of the database that tell a person little. */
export function adviceFor(said: string): { hint?: string } {
	if (/duplicate key|unique constraint|already exists/i.test(said)) {
		return {
			hint: 'Another record has this key, number or name. Often it is a deleted record: Eryxon keeps its key, and the API cannot restore it. Use another external ID or number, or ask the vendor to remove the deleted record.',
		};
	}
	if (/not writable|not allowed to write|column .* (does not exist|of relation)|could not find the .* column|unknown column/i.test(said)) {
		return { hint: "This version of Eryxon does not store that field. Check 'API Version' under Options, or leave the field out." };
	}
	const [, needed] = /null value in column "(\w+)"/i.exec(said) ?? [];
	if (needed) return { hint: `Eryxon needs a value for '${needed}'.` };
	if (/unicode escape sequence/i.test(said)) return { hint: 'A text contains a NUL character, which Eryxon cannot store. Remove it.' };
	if (/out of range for type integer/i.test(said)) return { hint: 'Whole numbers go up to 2147483647.' };
	if (/range not satisfiable/i.test(said)) return { hint: 'The offset is beyond the end of the list.' };
	if (/failed to parse logic tree|PGRST100/i.test(said)) return { hint: 'Commas and parentheses in a search are not possible.' };
	return {};
}

function usageOf(details: unknown): string {
	if (!isObject(details) || details.limit === undefined) return '';
	return ` (${[details.limitType, `${String(details.currentUsage)} of ${String(details.limit)}`].filter(Boolean).map(String).join(': ')})`;
}

function messageOf(error: Record<string, unknown>): string {
	const message = typeof error.message === 'string' ? error.message : 'no reason given';
	const details = Array.isArray(error.details) ? error.details.map(reasonOf).filter((each) => !message.includes(each)) : [];
	return [message, ...details].join('; ').replace(/\s+/g, ' ').slice(0, 800);
}

/** What a page says of itself. */
function titleOf(text: string): string {
	const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1] ?? '';
	return (title || text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim().slice(0, 120);
}

/** A server may repeat what it was sent. */
export function withoutSecret(text: string, secret: string): string {
	return secret.length >= 8 ? text.split(secret).join('***') : text;
}

/** Milliseconds to wait by a `Retry-After` header (seconds or HTTP date); undefined without a usable one. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
	if (!header) return undefined;
	const seconds = Number(header);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function errorCode(thrown: unknown): string | undefined {
	let current: unknown = thrown;
	for (let depth = 0; depth < 6 && isObject(current); depth++) {
		const { code, httpCode, cause } = current;
		if (typeof code === 'string' && code !== '') return code;
		if (typeof httpCode === 'string' && /^[A-Z]/.test(httpCode)) return httpCode;
		current = cause;
	}
	return undefined;
}

export function hostOf(address: string): string {
	try {
		return new URL(address).host;
	} catch {
		return address;
	}
}
