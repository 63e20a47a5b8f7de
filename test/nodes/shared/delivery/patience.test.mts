import fc from 'fast-check';
import type { IRun } from 'n8n-workflow';

import { PACE } from '../../../../nodes/shared/delivery/pace.ts';
import { RunPatience } from '../../../../nodes/shared/delivery/patience.ts';

const HOUR = 3_600_000;
const inProcess = { status: 'success' } as IRun;
const queued = { jobId: '7' } as unknown as IRun;

test('waits two minutes for the end of a run while no end was ever told, and never longer than allowed', () => {
	expect(new RunPatience(HOUR).ms).toBe(120_000);
	expect(new RunPatience(60_000).ms).toBe(60_000);
	expect(new RunPatience(HOUR).history).toBeUndefined();
});

test('waits as long as allowed in one process, where n8n always tells', () => {
	const patience = new RunPatience(HOUR);
	patience.learn(inProcess, 10);
	expect(patience.ms).toBe(HOUR);
	patience.learn({ jobId: undefined } as unknown as IRun, 10);
	expect(patience.history).toEqual({ queued: false, longestMs: 10 });
});

test('waits five times the longest run in queue mode, a minute at least and never longer than allowed', () => {
	const patience = new RunPatience(HOUR);
	patience.learn(queued, 10);
	expect(patience.ms).toBe(60_000);
	patience.learn(queued, 20_000.4);
	expect(patience.history).toEqual({ queued: true, longestMs: 20_000 });
	expect(patience.ms).toBe(100_000);
	patience.learn(queued, HOUR);
	expect(patience.ms).toBe(HOUR);
});

test('forgets a long run little by little', () => {
	const patience = new RunPatience(HOUR, { queued: true, longestMs: 100_000 });
	patience.learn(queued, 10);
	expect(patience.history).toEqual({ queued: true, longestMs: 95_000 });
	expect(patience.ms).toBe(475_000);
});

test('goes on with what earlier runs showed before a restart', () => {
	expect(new RunPatience(HOUR, { queued: true, longestMs: 30_000 }).ms).toBe(150_000);
	expect(new RunPatience(HOUR, { queued: false, longestMs: 30_000 }).ms).toBe(HOUR);
});

test('still knows queue mode after a run whose worker died, of which n8n tells no job number', () => {
	const patience = new RunPatience(HOUR, { queued: true, longestMs: 10 });
	patience.learn({ status: 'crashed' } as IRun, 10);
	expect(patience.history?.queued).toBe(true);
	patience.learn({ status: 'success' } as IRun, 10);
	expect(patience.history?.queued).toBe(false);
});

test('never waits longer than allowed, and in queue mode never shorter than runs of late took', () => {
	const history = fc.option(fc.record({ queued: fc.boolean(), longestMs: fc.nat(10_000_000) }), { nil: undefined });
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 10_000_000 }), history, fc.nat(10_000_000), fc.boolean(), (most, known, took, isQueued) => {
			const patience = new RunPatience(most, known);
			patience.learn((isQueued ? { status: 'success', jobId: '7' } : { status: 'success' }) as IRun, took);
			expect(patience.ms).toBeLessThanOrEqual(most);
			expect(patience.ms).toBeGreaterThanOrEqual(Math.min(most, Math.max(took, PACE.queuedEnd)));
		}),
	);
});

test('waits as long as asked at least in queue mode', () => {
	expect(new RunPatience(HOUR, { queued: true, longestMs: 10 }, 180_000).ms).toBe(180_000);
	expect(new RunPatience(100_000, { queued: true, longestMs: 10 }, 180_000).ms).toBe(100_000);
	expect(new RunPatience(HOUR, { queued: false, longestMs: 10 }, 180_000).ms).toBe(HOUR);
});
