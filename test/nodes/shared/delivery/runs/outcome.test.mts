import { NodeApiError, NodeOperationError, type INode, type IRun, type JsonObject } from 'n8n-workflow';

import { outageOf, outcomeOf, refusedToWait, rejectionOf } from '../../../../../nodes/shared/delivery/runs/outcome.ts';
import { failed, succeeded } from '../../../../kit/fakeN8n.mts';

test('a run that ended well, and one that waits at a Wait node, succeeded', () => {
	expect(outcomeOf(succeeded)).toEqual({ kind: 'succeeded' });
	expect(outcomeOf({ status: 'waiting' } as IRun)).toEqual({ kind: 'succeeded' });
});

test('a key that n8n knows was started before', () => {
	expect(outcomeOf(undefined)).toEqual({ kind: 'startedBefore' });
});

test('a failed run says why, in the words of n8n and of the server', () => {
	expect(outcomeOf(failed('Bad request'))).toEqual({ kind: 'failed', reason: 'Bad request' });
	expect(outcomeOf(failed('Bad request', ' stock is negative '))).toEqual({ kind: 'failed', reason: 'Bad request: stock is negative' });
	expect(outcomeOf(failed('Bad request: stock', 'stock'))).toEqual({ kind: 'failed', reason: 'Bad request: stock' });
	expect(outcomeOf(failed('Bad request', '  '))).toEqual({ kind: 'failed', reason: 'Bad request' });
	expect(outcomeOf(failed('Bad', 'x'.repeat(600)))).toEqual({ kind: 'failed', reason: `Bad: ${'x'.repeat(500)}` });
	expect(outcomeOf(failed('Bad', 7 as never))).toEqual({ kind: 'failed', reason: 'Bad' });
});

test('a run that ended otherwise without an error says how', () => {
	const runs = [{ status: 'canceled' }, { status: 'canceled', data: {} }, { status: 'canceled', data: { resultData: {} } }] as unknown as IRun[];
	for (const one of runs) expect(outcomeOf(one)).toEqual({ kind: 'failed', reason: "the run ended as 'canceled'" });
});

test('what n8n refuses to start is told with its reason', () => {
	expect(rejectionOf(new Error('database is locked'))).toEqual({ kind: 'refused', reason: 'database is locked' });
	expect(rejectionOf('no')).toEqual({ kind: 'refused', reason: 'no' });
});

test('a run that a person stopped was started, and failed', () => {
	const stopped = Object.assign(new Error('The execution was cancelled'), { name: 'ManualExecutionCancelledError' });
	expect(rejectionOf(stopped)).toEqual({ kind: 'failed', reason: 'The execution was cancelled' });
	expect(rejectionOf(Object.assign(new Error('x'), { name: 'cancelled' }))).toEqual({ kind: 'failed', reason: 'x' });
});

test('an engine that lets no trigger wait is known by its words', () => {
	expect(refusedToWait('Triggers can only start runs Without Waiting for them')).toBe(true);
	expect(refusedToWait('database is locked')).toBe(false);
});

describe('the sign that another system is down', () => {
	const node = { id: 'n', name: 'Book', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, position: [0, 0], parameters: {} } as INode;
	/** As n8n (2.41) hands the error of a run on: its own fields without its class, through the queue as JSON. */
	const asRunError = (error: Error) => ({ ...error, message: error.message, stack: error.stack });
	const answered = (status: number, body: object = {}) => Object.assign(new Error(`${status} - "no"`), { statusCode: status, response: { status, data: body } });
	const unreachable = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code, errno: -111, syscall: 'connect' });
	const ofNode = (error: object) => new NodeApiError(node, error as JsonObject);
	/** As Execute Sub-workflow wraps it. */
	const ofSubWorkflow = (error: Error) => new NodeOperationError(node, asRunError(error) as unknown as Error, { message: 'Error executing workflow with item at index 0' });

	const signs = (error: unknown) => [outageOf(error), outageOf(JSON.parse(JSON.stringify(error)))];

	test('is the status that a Stop and Error node has in its error object, also in a sub-workflow of a sub-workflow', () => {
		const said = (status: unknown) => new NodeOperationError(node, 'The ERP is busy', { level: 'error', metadata: { message: 'The ERP is busy', status } } as object);
		const inSub = (error: Error) => Object.assign(new NodeOperationError(node, asRunError(error) as unknown as Error, asRunError(error) as object), { message: error.message });
		for (const error of [said(503), inSub(said(503)), inSub(inSub(said('503')))]) expect(signs(asRunError(error))).toEqual(['HTTP 503', 'HTTP 503']);
		for (const status of [400, 500, undefined, 'no']) expect(signs(asRunError(inSub(said(status))))).toEqual([undefined, undefined]);
	});

	test.each([408, 425, 429, 502, 503, 504])('is HTTP %d', (status) => {
		const sign = `HTTP ${status}`;
		expect(signs(asRunError(ofNode(answered(status))))).toEqual([sign, sign]);
		expect(signs(asRunError(ofSubWorkflow(ofNode(answered(status)))))).toEqual([sign, sign]);
		expect(signs(asRunError(ofSubWorkflow(ofSubWorkflow(ofNode(answered(status))))))).toEqual([sign, sign]);
		expect(outcomeOf({ status: 'error', data: { resultData: { error: asRunError(ofNode(answered(status))) } } } as unknown as IRun)).toMatchObject({ kind: 'failed', outage: sign });
	});

	test.each(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET'])(
		'is the code %s',
		(code) => {
			expect(signs(asRunError(ofNode(unreachable(code))))).toEqual([code, code]);
			expect(signs(asRunError(ofSubWorkflow(ofNode(unreachable(code)))))).toEqual([code, code]);
			expect(outageOf(unreachable(code))).toBe(code);
		},
	);

	test.each([400, 401, 403, 404, 409, 422, 500, 501, 505])('is not HTTP %d, whatever its answer says', (status) => {
		const error = ofNode(answered(status, { code: 'ECONNREFUSED', status: 503, error: { code: 503 } }));
		expect(signs(asRunError(error))).toEqual([undefined, undefined]);
		expect(signs(asRunError(ofSubWorkflow(error)))).toEqual([undefined, undefined]);
		expect(outcomeOf({ status: 'error', data: { resultData: { error: asRunError(error) } } } as unknown as IRun)).not.toHaveProperty('outage');
	});

	test.each(['httpCode', 'code', 'errno', 'status', 'statusCode'])('stands under %s, as number or text, on any of five levels', (name) => {
		for (const value of [503, '503', 'ETIMEDOUT']) {
			let error: object = { [name]: value };
			for (const wrapper of ['cause', 'error', 'errorResponse', 'response']) {
				expect(outageOf(error)).toBe(value === 'ETIMEDOUT' ? value : 'HTTP 503');
				error = { message: 'x', [wrapper]: error, other: { code: 400 } };
			}
			expect(outageOf(error)).toBeDefined();
			expect(outageOf({ reason: error })).toBeUndefined();
		}
	});

	test.each<unknown>([undefined, null, 'HTTP 503', 503, [], {}, { message: 'HTTP 503' }, { code: 'ERR_BAD_REQUEST' }, { code: 1_503 }, { httpCode: '5030' }, { cause: 'ECONNREFUSED' }, { constructor: { code: 503 } }])(
		'is not to be found in %j',
		(error: unknown) => {
			expect(outageOf(error)).toBeUndefined();
		},
	);

	test('is what the outermost answer says', () => {
		expect(outageOf({ httpCode: '503', cause: { status: 400 } })).toBe('HTTP 503');
		expect(outageOf({ httpCode: '400', cause: { status: 503 } })).toBeUndefined();
		expect(outageOf({ code: 'ERR_BAD_RESPONSE', response: { status: 502 } })).toBe('HTTP 502');
	});
});
