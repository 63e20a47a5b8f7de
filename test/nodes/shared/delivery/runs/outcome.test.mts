import type { IRun } from 'n8n-workflow';

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
