import { readJson, sendJson, type Request, type Response } from './http.mts';

export type ControlHandler = (method: string, path: string, query: URLSearchParams, body: unknown) => unknown;

/** Serves `/control/...`: JSON in and out, 400 with `{"message"}` on bad input, 404 for an unknown call. */
export async function serveControl(
	request: Request,
	response: Response,
	url: URL,
	handler: ControlHandler,
): Promise<void> {
	const method = request.method ?? 'GET';
	const path = url.pathname.slice('/control/'.length);
	try {
		const body = method === 'POST' ? await readJson(request) : undefined;
		const answer = handler(method, path, url.searchParams, body);
		if (answer === undefined) sendJson(response, 404, { message: `No such control call: ${method} /control/${path}` });
		else sendJson(response, 200, answer);
	} catch (error) {
		sendJson(response, 400, { message: error instanceof Error ? error.message : String(error) });
	}
}
