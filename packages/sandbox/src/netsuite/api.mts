import { takeFault, wait } from '../web/faults.mts';
import { isObject, readText, send, sendJson, type Request, type Response } from '../web/http.mts';
import { invalidContent, invalidLogin, invalidParameter, NetSuiteError, passingError } from './errors.mts';
import { handleRecords, pageNumber, type RestAnswer } from './records.mts';
import { jobRoot } from './async-jobs.mts';
import { renderPage } from './render.mts';
import { tokenPath, type Site } from './site.mts';
import { runSuiteQL } from './suiteql/run.mts';

const recordRoot = '/services/rest/record/v1';
const suiteqlPath = '/services/rest/query/v1/suiteql';
const consentPath = '/app/login/oauth2/authorize.nl';

/** The part of SuiteTalk REST that answers for real: records, SuiteQL and the two OAuth 2.0 addresses. */
export async function serveApi(site: Site, request: Request, response: Response, url: URL): Promise<void> {
	site.underWay += 1;
	try {
		await serve(site, request, response, url);
	} finally {
		site.underWay -= 1;
	}
}

async function serve(site: Site, request: Request, response: Response, url: URL): Promise<void> {
	const started = performance.now();
	const method = request.method ?? 'GET';
	const text = await readText(request);
	const log = (status: number, error?: string): void => {
		site.calls.add({
			at: new Date().toISOString(),
			what: `${method} ${url.pathname.replace('/services/rest', '')}${url.search}`,
			protocol: request.headers[':authority'] === undefined ? url.protocol.slice(0, -1) : 'http/2',
			status,
			...(error === undefined ? {} : { error }),
			durationMs: Math.round(performance.now() - started),
			userAgent: request.headers['user-agent'] ?? '',
		});
	};
	const fault = takeFault(site.faults, `${method} ${url.pathname}`);
	const { code, retryAfter } = site.faults;
	const refuse = (): void => {
		log(fault.status, 'fault switched on by the control API');
		sendError(site, response, passingError(fault.status, code), retryAfter);
	};
	const limit = site.switches.concurrencyLimit;
	if (limit > 0 && site.underWay > limit) {
		log(429, 'more calls at a time than the concurrency limit allows');
		return sendError(site, response, passingError(429, ''), null);
	}
	if (!fault.after) await wait(fault.latencyMs);
	if (!fault.after && fault.status > 0) return refuse();
	if (url.pathname === consentPath) return consent(site, response, url);
	if (url.pathname === tokenPath && method === 'POST') {
		const form = new URLSearchParams(text);
		const { status, body, detail } = await site.token(form, request.headers.authorization ?? '', url.origin);
		log(status, status === 200 ? undefined : `${String(body.error)}: ${detail ?? ''}`);
		const challenge = status === 401 ? { 'www-authenticate': `Basic realm="${site.settings.accountId}"` } : undefined;
		return sendJson(response, status, body, challenge);
	}
	try {
		const { status, body, location, headers: more } = answer(site, request, url, method, text);
		if (fault.after) await wait(fault.latencyMs);
		if (fault.after && fault.status > 0) return refuse();
		log(status);
		const headers: Record<string, string> = { ...more, ...(location === undefined ? {} : { location }) };
		if (body === undefined) return send(response, status, '', headers);
		sendJson(response, status, body, {
			'content-type': 'application/vnd.oracle.resource+json; type=singular',
			...headers,
		});
	} catch (error) {
		if (!(error instanceof NetSuiteError)) throw error;
		log(error.status, error.message);
		sendError(site, response, error, null);
	}
}

function sendError(site: Site, response: Response, error: NetSuiteError, retryAfter: number | null): void {
	sendJson(response, error.status, error.body(), {
		'content-type': 'application/vnd.oracle.resource+json; type=error',
		...(error.status === 401 ? { 'www-authenticate': challengeOf(site) } : {}),
		...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
	});
}

function answer(site: Site, request: Request, url: URL, method: string, text: string): RestAnswer {
	const authorization = request.headers.authorization ?? '';
	if (!site.admits(authorization)) throw invalidLogin();
	if (url.pathname.startsWith(`${jobRoot}/`)) return site.jobs.read(url.origin, url.pathname.slice(jobRoot.length));
	const prefer = String(request.headers.prefer ?? '');
	if (!hasWord(prefer, 'respond-async')) return work(site, request, url, method, text);
	return site.jobs.submit(url.origin, request.headers, () => work(site, request, url, method, text));
}

function work(site: Site, request: Request, url: URL, method: string, text: string): RestAnswer {
	if (url.pathname === suiteqlPath) return suiteql(site, request, url, method, text);
	if (!url.pathname.startsWith(`${recordRoot}/`)) {
		throw new NetSuiteError(404, 'INVALID_URL', `The requested resource ${url.pathname} was not found on this server.`);
	}
	const segments = url.pathname
		.slice(recordRoot.length + 1)
		.split('/')
		.map(decodeURIComponent);
	return handleRecords(
		site.store,
		{
			method,
			segments,
			query: url.searchParams,
			headers: request.headers,
			body: parseBody(text),
			base: url.origin + recordRoot,
		},
		site.switches,
	);
}

/** https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_158521885412.html */
const challengeOf = ({ settings }: Site): string =>
	`Bearer realm="${settings.accountId}", error="invalid_token", error_description="Invalid login attempt."`;

/** @param header a list of preferences, as RFC 7240 has it */
const hasWord = (header: string, word: string): boolean => header.toLowerCase().split(/[\s,;]+/).includes(word);

function parseBody(text: string): unknown {
	if (text.trim() === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		throw invalidContent('Invalid content in the request body: it is not valid JSON.');
	}
}

function suiteql(site: Site, request: Request, url: URL, method: string, text: string): RestAnswer {
	if (method !== 'POST') throw new NetSuiteError(405, 'METHOD_NOT_ALLOWED', `The method ${method} is not allowed.`);
	// Without this header a real account refuses every query.
	if (!hasWord(String(request.headers.prefer ?? ''), 'transient')) {
		throw new NetSuiteError(
			400,
			'INVALID_HEADER',
			"The required request header 'Prefer' is missing or invalid: set it to 'transient'.",
		);
	}
	const body = parseBody(text);
	if (!isObject(body) || typeof body.q !== 'string') {
		throw invalidContent('Invalid content in the request body: {"q": "SELECT ..."} is expected.', 'q');
	}
	const limit = pageNumber(url.searchParams, 'limit', 1000, 1, 1000);
	const offset = pageNumber(url.searchParams, 'offset', 0, 0, 100_000);
	if (offset % limit !== 0) throw invalidParameter('The offset must be divisible by the limit.');
	const rows = runSuiteQL(site.store, body.q);
	// "You must specify a sorting order to avoid duplicate or missing results", says the documentation: without one, the
	// rows of later pages come in another order here.
	if (offset > 0 && !/\border\s+by\b/i.test(body.q)) rows.reverse();
	return { status: 200, body: renderPage(`${url.origin}${suiteqlPath}?`, rows, limit, offset) };
}

function consent(site: Site, response: Response, url: URL): void {
	const target = site.codeGrant.consent(url.searchParams);
	if (target === undefined)
		send(response, 400, 'Unknown client_id or missing redirect_uri', { 'content-type': 'text/plain' });
	else send(response, 302, '', { location: target });
}
