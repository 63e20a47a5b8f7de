import { takeFault, wait } from '../web/faults.mts';
import { readText, send, sendJson, type Request, type Response } from '../web/http.mts';
import { authenticate } from './auth.mts';
import { ApiError, DatabaseError } from './errors.mts';
import { functionNamed } from './functions.mts';
import { limitInfo, type RateLimitInfo } from './quota.mts';
import type { ApiAnswer, ApiRequest } from './request.mts';
import { WorkerEnded, type Site } from './site.mts';

interface Sent {
	status: number;
	body: unknown;
	headers?: Record<string, string>;
	error?: string;
	counts?: Record<string, number>;
	/** A body that is not JSON. */
	html?: string;
}

/** Serves `/functions/v1/...`. The work is done at one go, before any wait: a late answer does not undo it. */
export async function serveApi(site: Site, request: Request, response: Response, url: URL): Promise<void> {
	const started = performance.now();
	const method = request.method ?? 'GET';
	const [fn = '', ...rest] = url.pathname.slice('/functions/v1/'.length).split('/').filter(Boolean);
	const text = await readText(request);
	const call: ApiRequest = {
		method,
		fn,
		action: rest.join('/'),
		query: url.searchParams,
		headers: request.headers,
		text,
	};
	const what = `${method} ${url.pathname}`;
	const fault = takeFault(site.faults, what);
	const real = !fault.status || fault.after ? (hostFault(site) ?? carryOut(site, call, what)) : undefined;
	await wait(fault.latencyMs + site.switches.latencyMs);
	const sent = real && !fault.status ? real : injected(fault.status);
	const requestId = requestIdOf(site, request);
	site.calls.add({
		at: new Date().toISOString(),
		what,
		protocol: site.dialect,
		status: sent.status,
		...(sent.error === undefined ? {} : { error: sent.error }),
		durationMs: Math.round(performance.now() - started),
		userAgent: request.headers['user-agent'] ?? '',
		detail: {
			method,
			path: url.pathname,
			query: url.search,
			bytes: text.length,
			counts: real?.counts ?? {},
			requestId,
		},
	});
	const headers = { ...sent.headers, ...(requestId === undefined ? {} : { 'x-request-id': requestId }) };
	if (sent.html !== undefined)
		return send(response, sent.status, sent.html, { ...headers, 'content-type': 'text/html' });
	sendJson(response, sent.status, sent.body, headers);
}

/** A given request id is echoed, else one is made (since May 2026). */
function requestIdOf(site: Site, request: Request): string | undefined {
	if (site.dialect === 'g1') return undefined;
	const given = request.headers['x-request-id'];
	return typeof given === 'string' && /^[\w.:-]{1,200}$/.test(given) ? given : crypto.randomUUID();
}

const failure = (status: number, code: string, message: string, more: Record<string, unknown> = {}): Sent => ({
	status,
	body: { success: false, error: { code, message, statusCode: status, ...more } },
	error: message,
});

const page = (status: number, title: string): Sent => ({
	status,
	body: undefined,
	html: `<html>\n<head><title>${status} ${title}</title></head>\n<body><center><h1>${status} ${title}</h1></center></body>\n</html>`,
	error: `${title} (HTML page)`,
});

const injected = (status: number): Sent => ({
	...failure(status, 'INTERNAL_ERROR', 'fault switched on by the control API'),
});

/** What stands between a client and the functions: a proxy, the gateway, the host that starts them. */
function hostFault(site: Site): Sent | undefined {
	const { switches } = site;
	if (switches.htmlErrorPage > 0) {
		switches.htmlErrorPage -= 1;
		return page(502, 'Bad Gateway');
	}
	if (switches.bootFailure > 0) {
		switches.bootFailure -= 1;
		return bootError();
	}
	if (switches.gateway401) {
		const body = { code: 401, message: 'Invalid JWT' };
		return { status: 401, body, error: body.message };
	}
	return undefined;
}

function bootError(): Sent {
	const body = { code: 'BOOT_ERROR', message: 'Function failed to start (please check logs)' };
	return { status: 503, body, error: body.message };
}

const neverBoot: readonly string[] = ['api-parts', 'api-batches', 'api-issues'];

function carryOut(site: Site, request: ApiRequest, what: string): Sent {
	const run = functionNamed(site, request.fn);
	if (run && site.switches.unbootable && neverBoot.includes(request.fn)) return bootError();
	if (!run && site.switches.missingFunction === '500') {
		const body = { msg: `InvalidWorkerCreation: worker boot error: failed to read path: ${request.fn}` };
		return { status: 500, body, error: body.msg };
	}
	if (!run) {
		const body = { code: 'NOT_FOUND', message: 'Requested function was not found' };
		return { status: 404, body, error: body.message };
	}
	try {
		authenticate(site, request);
		const limited = rateLimit(site);
		if (limited) return tooMany(limited);
		if (site.switches.errorRate > 0 && site.chance() < site.switches.errorRate) {
			return failure(500, 'INTERNAL_ERROR', 'An unexpected error occurred');
		}
		site.db.writer = { what: what.replace('/functions/v1/', ''), via: String(request.headers['user-agent'] ?? '') };
		site.work.begin();
		return succeeded(run(site, request));
	} catch (error) {
		if (error instanceof WorkerEnded) return { status: 500, body: { msg: error.message }, error: error.message };
		return refused(site, request, error);
	} finally {
		site.db.writer = undefined;
	}
}

function succeeded({ status, data, meta, counts }: ApiAnswer): Sent {
	return { status, body: { success: true, data, ...(meta === undefined ? {} : { meta }) }, counts };
}

function refused(site: Site, { fn }: ApiRequest, error: unknown): Sent {
	if (error instanceof DatabaseError) {
		const general = site.switches.databaseErrors === 'general';
		return failure(500, 'INTERNAL_ERROR', general ? 'An unexpected error occurred' : error.message);
	}
	if (!(error instanceof ApiError)) throw error;
	const details = error.details === undefined ? {} : { details: error.details };
	// The lifecycle functions build their answers by hand and leave the status out.
	const statusCode = fn.endsWith('-lifecycle') ? undefined : error.status;
	return failure(error.status, error.code, error.message, { statusCode, ...details });
}

function rateLimit(site: Site): RateLimitInfo | undefined {
	if (site.switches.next429 > 0) {
		site.switches.next429 -= 1;
		const now = Date.now();
		return limitInfo(now + site.switches.retryAfter * 1000, now);
	}
	return site.quota.take(site.switches);
}

/** The quota's headers come with the refusal alone, never with a success. */
function tooMany(info: RateLimitInfo): Sent {
	return {
		...failure(429, 'RATE_LIMIT_EXCEEDED', 'Rate limit exceeded', { rateLimitInfo: info }),
		headers: {
			'x-ratelimit-remaining': String(info.remaining),
			'x-ratelimit-reset': info.resetAt,
			'retry-after': String(info.retryAfter),
		},
	};
}
