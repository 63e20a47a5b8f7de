import fc from 'fast-check';
import type { IRun } from 'n8n-workflow';

import { PACE } from '../../../../../nodes/shared/delivery/pace.ts';
import { RunAllowance } from '../../../../../nodes/shared/delivery/runs/allowance.ts';

const HOUR = 3_600_000;
const inProcess = { status: 'success' } as IRun;
const queued = { jobId: '7' } as unknown as IRun;

test('waits two minutes for the end of a run while no end was ever told, and never longer than allowed', () => {
	expect(new RunAllowance(HOUR).ms).toBe(120_000);
	expect(new RunAllowance(60_000).ms).toBe(60_000);
	expect(new RunAllowance(HOUR).history).toBeUndefined();
});

test('waits as long as allowed in one process, where n8n always tells', () => {
	const allowance = new RunAllowance(HOUR);
	allowance.learn(inProcess, 10);
	expect(allowance.ms).toBe(HOUR);
	allowance.learn({ jobId: undefined } as unknown as IRun, 10);
	expect(allowance.history).toEqual({ queued: false, longestMs: 10 });
});

test('waits five times the longest run in queue mode, a minute at least and never longer than allowed', () => {
	const allowance = new RunAllowance(HOUR);
	allowance.learn(queued, 10);
	expect(allowance.ms).toBe(60_000);
	allowance.learn(queued, 20_000.4);
	expect(allowance.history).toEqual({ queued: true, longestMs: 20_000 });
	expect(allowance.ms).toBe(100_000);
	allowance.learn(queued, HOUR);
	expect(allowance.ms).toBe(HOUR);
});

test('forgets a long run little by little', () => {
	const allowance = new RunAllowance(HOUR, { queued: true, longestMs: 100_000 });
	allowance.learn(queued, 10);
	expect(allowance.history).toEqual({ queued: true, longestMs: 95_000 });
	expect(allowance.ms).toBe(475_000);
});

test('goes on with what earlier runs showed before a restart', () => {
	expect(new RunAllowance(HOUR, { queued: true, longestMs: 30_000 }).ms).toBe(150_000);
	expect(new RunAllowance(HOUR, { queued: false, longestMs: 30_000 }).ms).toBe(HOUR);
});

test('still knows queue mode after a run whose worker died, of which n8n tells no job number', () => {
	const allowance = new RunAllowance(HOUR, { queued: true, longestMs: 10 });
	allowance.learn({ status: 'crashed' } as IRun, 10);
	expect(allowance.history?.queued).toBe(true);
	allowance.learn({ status: 'success' } as IRun, 10);
	expect(allowance.history?.queued).toBe(false);
});

test('never waits longer than allowed, and in queue mode never shorter than runs of late took', () => {
	const history = fc.option(fc.record({ queued: fc.boolean(), longestMs: fc.nat(10_000_000) }), { nil: undefined });
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 10_000_000 }), history, fc.nat(10_000_000), fc.boolean(), (most, known, took, isQueued) => {
			const allowance = new RunAllowance(most, known);
			allowance.learn((isQueued ? { status: 'success', jobId: '7' } : { status: 'success' }) as IRun, took);
			expect(allowance.ms).toBeLessThanOrEqual(most);
			expect(allowance.ms).toBeGreaterThanOrEqual(Math.min(most, Math.max(took, PACE.queuedEnd)));
		}),
	);
});

test('waits as long as asked at least in queue mode', () => {
	expect(new RunAllowance(HOUR, { queued: true, longestMs: 10 }, 180_000).ms).toBe(180_000);
	expect(new RunAllowance(100_000, { queued: true, longestMs: 10 }, 180_000).ms).toBe(100_000);
	expect(new RunAllowance(HOUR, { queued: false, longestMs: 10 }, 180_000).ms).toBe(HOUR);
});
