import { PicoFailure, type GraphqlErrorEntry } from './failure';

/**
 * Turns what n8n's HTTP helper threw into a failure. Only the code is taken over: the error itself holds the request
 * with its headers, token included.
 */
export function networkFailure(thrown: unknown, endpoint: string): PicoFailure {
	if (thrown instanceof PicoFailure) return thrown;
	const code = errorCode(thrown);
	const host = hostOf(endpoint);
	if (code === 'ERR_CANCELED' || code === 'ABORT_ERR') return new PicoFailure('aborted', 'The request was canceled');
	if (code === 'CERT_HAS_EXPIRED') {
		return new PicoFailure('certificate', `The TLS certificate of ${host} has expired`, {
			hint: "Ask the administrator of the server to renew it. Until then, you can turn on 'Ignore TLS Issues' in the credential.",
		});
	}
	if (code && /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|SSL/.test(code)) {
		return new PicoFailure('certificate', `The TLS certificate of ${host} is not trusted (${code})`, {
			hint: "Add the plant's certificate authority to n8n (NODE_EXTRA_CA_CERTS), or turn on 'Ignore TLS Issues' in the credential.",
		});
	}
	if (code && /ETIMEDOUT|ECONNABORTED|TIMEOUT/.test(code)) {
		return new PicoFailure('timeout', `Pico at ${host} did not answer in time`, {
			hint: 'Check that the server is up and that no firewall drops the connection, then try again.',
		});
	}
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
		return new PicoFailure('network', `The host name ${host} is not known (${code})`, {
			unsent: true,
			hint: "Check 'Endpoint' in the credential, and that the n8n server can resolve the plant's host names.",
		});
	}
	if (code === 'ECONNREFUSED') {
		return new PicoFailure('network', `Nothing accepts connections at ${host} (${code})`, {
			unsent: true,
			hint: "Check host and port of 'Endpoint' in the credential, and that the Pico server is running.",
		});
	}
	if (code) {
		return new PicoFailure('network', `The connection to ${host} was lost (${code})`, {
			hint: 'Check the network between n8n and Pico, then try again.',
		});
	}
	return new PicoFailure('network', `Pico at ${host} could not be reached`, { hint: onOneLine(messageOf(thrown)) });
}

/** Failure for an 'Endpoint' that is not a full address, or `undefined`. */
export function addressFailure(endpoint: string): PicoFailure | undefined {
	const hasScheme = /^https?:\/\//i.test(endpoint);
	if (hasScheme && URL.canParse(endpoint)) return undefined;
	const message = hasScheme
		? `'Endpoint' is not a valid address: '${endpoint}'`
		: `'Endpoint' does not begin with https:// or http://: '${endpoint}'`;
	return new PicoFailure('input', message, {
		hint: 'Enter the full address in the credential, for example https://plant.picomes.com/graph/v2.',
		parameter: 'Endpoint',
	});
}

/**
 * Failure for an HTTP answer that is no GraphQL result, or `undefined` for status 2xx.
 *
 * @param retryAfter value of the `Retry-After` header: seconds or an HTTP date
 */
export function statusFailure(
	status: number,
	endpoint: string,
	headers: { retryAfter?: string; location?: string } = {},
): PicoFailure | undefined {
	const details = { status };
	if (status === 401 || status === 403) return authFailure(status);
	if (status === 404 || status === 405) {
		return new PicoFailure('path', `There is no GraphQL server at ${endpoint} (HTTP ${status})`, {
			...details,
			hint: `${strangePath(endpoint)}Older Pico sites use the path /graphql, newer ones /graph/v2. Try ${otherPath(endpoint)} as 'Endpoint' in the credential.`,
		});
	}
	if (status >= 300 && status < 400) {
		return new PicoFailure('redirect', `${endpoint} redirects to another address (HTTP ${status})`, {
			...details,
			hint: `The token is never sent to another address. Enter the final address${headers.location ? ` (${headers.location})` : ''} as 'Endpoint' in the credential.`,
		});
	}
	if (status === 408) return new PicoFailure('timeout', 'Pico gave up waiting for the request (HTTP 408)', details);
	const wait = readRetryAfter(headers.retryAfter);
	if (status === 429) {
		return new PicoFailure('rateLimited', 'Pico asks to slow down (HTTP 429)', {
			...details,
			retryAfterMs: wait?.ms,
			hint: `${wait ? `It asks to wait ${wait.asked}. ` : ''}Run fewer items at once or less often.`,
		});
	}
	if (status >= 500) {
		return new PicoFailure('server', `Pico is not available right now (HTTP ${status})`, {
			...details,
			retryAfterMs: wait?.ms,
			hint: 'This is usually temporary. If it persists, ask the administrator of the Pico server.',
		});
	}
	if (status >= 400) return new PicoFailure('graphql', `Pico refused the request (HTTP ${status})`, details);
	return undefined;
}

/**
 * Failure for `errors` of a GraphQL answer; an auth failure when they say that the token was refused.
 *
 * @param retryAfter value of the `Retry-After` header that came along
 */
export function graphqlFailure(
	errors: readonly GraphqlErrorEntry[],
	status: number | undefined,
	data?: unknown,
	retryAfter?: string | null,
): PicoFailure {
	const text = errors.map((error) => onOneLine(error.message)).join('; ') || 'no reason given';
	if (status === 401 || status === 403 || errors.some(isAuthError)) return authFailure(status, text);
	const busy = { status, errors, retryAfterMs: readRetryAfter(retryAfter ?? undefined)?.ms };
	if (status === 429) return new PicoFailure('rateLimited', `Pico asks to slow down: ${text}`, busy);
	if (status !== undefined && status >= 500) return new PicoFailure('server', `Pico answered (HTTP ${status}): ${text}`, busy);
	return new PicoFailure('graphql', `Pico answered: ${text}`, { status, errors, data });
}

/** The same address with the path that the other generation of Pico uses. */
export function otherPath(endpoint: string): string {
	try {
		const url = new URL(endpoint);
		url.pathname = url.pathname.replace(/\/+$/, '').endsWith('/graph/v2') ? '/graphql' : '/graph/v2';
		return url.toString();
	} catch {
		return 'https://<your plant>/graph/v2';
	}
}

/** A sentence about a path that no known Pico has, such as /graph/v3; nothing for the two that exist. */
function strangePath(endpoint: string): string {
	const path = /^https?:\/\/[^/]+(.*?)\/*$/i.exec(endpoint)?.[1] ?? '';
	return ['/graph/v2', '/graphql'].includes(path) ? '' : `No known Pico uses the path ${path || '/'}. `;
}

/** No server makes us wait longer: clocks differ, and a day of silence is worse than a request too many. */
const LONGEST_WAIT_MS = 3_600_000;

/** How long to wait by a `Retry-After` header (seconds or HTTP date); `undefined` without a usable one. */
export function readRetryAfter(header: string | undefined, now = Date.now()): { ms: number; isCut: boolean; asked: string } | undefined {
	if (!header) return undefined;
	const seconds = Number(header);
	const wanted = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
	if (Number.isNaN(wanted)) return undefined;
	const ms = Math.min(LONGEST_WAIT_MS, Math.max(0, wanted));
	return { ms, isCut: wanted > LONGEST_WAIT_MS, asked: `${Math.round(Math.max(0, wanted) / 1000)} s` };
}

export function authFailure(status: number | undefined, detail?: string): PicoFailure {
	return new PicoFailure('auth', `Pico refused the token${status ? ` (HTTP ${status})` : ''}${detail ? `: ${detail}` : ''}`, {
		status,
		hint: "Check 'Token' in the credential. A token is valid for one Pico instance only; Pico support issues them.",
	});
}

function isAuthError(error: GraphqlErrorEntry): boolean {
	if (error.code && /UNAUTHENTICATED|UNAUTHORI[SZ]ED|FORBIDDEN/i.test(error.code)) return true;
	return /\b(unauthori[sz]ed|unauthenticated|not authori[sz]ed|invalid (api )?token|missing (api )?token|access denied)\b/i.test(
		error.message,
	);
}

function errorCode(thrown: unknown): string | undefined {
	let current: unknown = thrown;
	for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth++) {
		const { code, httpCode, cause } = current as { code?: unknown; httpCode?: unknown; cause?: unknown };
		if (typeof code === 'string' && code !== '') return code;
		if (typeof httpCode === 'string' && /^[A-Z]/.test(httpCode)) return httpCode;
		current = cause;
	}
	return undefined;
}

function messageOf(thrown: unknown): string {
	return thrown instanceof Error ? thrown.message : '';
}

function onOneLine(text: string): string {
	return text.replace(/\s+/g, ' ').slice(0, 500);
}

/** Host and port in the spelling of the URL standard; the text itself when it is no URL. */
export function hostOf(endpoint: string): string {
	try {
		return new URL(endpoint).host;
	} catch {
		return endpoint;
	}
}
