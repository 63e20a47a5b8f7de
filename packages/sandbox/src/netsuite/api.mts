import { takeFault, wait } from '../web/faults.mts';
import { isObject, readText, send, sendJson, type Request, type Response } from '../web/http.mts';
import { faultBody, invalidContent, invalidLogin, NetSuiteError } from './errors.mts';
import { handleRecords, pageNumber, type RestAnswer } from './records.mts';
import { renderPage } from './render.mts';
import { tokenPath, type Site } from './site.mts';
import { runSuiteQL } from './suiteql/run.mts';

const recordRoot = '/services/rest/record/v1';
const suiteqlPath = '/services/rest/query/v1/suiteql';
const consentPath = '/app/login/oauth2/authorize.nl';

/** The part of SuiteTalk REST that answers for real: records, SuiteQL and the two OAuth 2.0 addresses. */
export async function serveApi(site: Site, request: Request, response: Response, url: URL): Promise<void> {
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
	const refuse = (): void => {
		log(fault.status, 'fault switched on by the control API');
		sendJson(response, fault.status, faultBody(fault.status), fault.status === 429 ? { 'retry-after': '1' } : {});
	};
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
		const { status, body, location } = answer(site, request, url, method, text);
		if (fault.after) await wait(fault.latencyMs);
		if (fault.after && fault.status > 0) return refuse();
		log(status);
		const headers: Record<string, string> = location === undefined ? {} : { location };
		if (body === undefined) return send(response, status, '', headers);
		sendJson(response, status, body, {
			'content-type': 'application/vnd.oracle.resource+json; type=singular',
			...headers,
		});
	} catch (error) {
		if (!(error instanceof NetSuiteError)) throw error;
		log(error.status, error.message);
		const challenge: Record<string, string> =
			error.status === 401
				? {
						'www-authenticate': challengeOf(site, request),
					}
				: {};
		sendJson(response, error.status, error.body(), {
			'content-type': 'application/vnd.oracle.resource+json; type=error',
			...challenge,
		});
	}
}

function answer(site: Site, request: Request, url: URL, method: string, text: string): RestAnswer {
	const authorization = request.headers.authorization ?? '';
	if (!site.admits({ method, url: url.href, authorization })) throw invalidLogin();
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
function challengeOf({ settings }: Site, { headers }: Request): string {
	const [scheme, error] = /^OAuth\s/i.test(headers.authorization ?? '') ? ['OAuth', 'token_rejected'] : ['Bearer', 'invalid_token'];
	return `${scheme} realm="${settings.accountId}", error="${error}", error_description="Invalid login attempt."`;
}

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
	if (!/(^|[\s,;])transient($|[\s,;])/i.test(String(request.headers.prefer ?? ''))) {
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
	return {
		status: 200,
		body: renderPage(`${url.origin}${suiteqlPath}?`, runSuiteQL(site.store, body.q), limit, offset),
	};
}

function consent(site: Site, response: Response, url: URL): void {
	const target = site.codeGrant.consent(url.searchParams);
	if (target === undefined)
		send(response, 400, 'Unknown client_id or missing redirect_uri', { 'content-type': 'text/plain' });
	else send(response, 302, '', { location: target });
}
