import fc from 'fast-check';
import type { IRun } from 'n8n-workflow';

import { PACE } from '../../../../nodes/shared/delivery/pace.ts';
import { RunPatience, type RunHistory } from '../../../../nodes/shared/delivery/patience.ts';

const HOUR = 3_600_000;
const inOneProcess = { status: 'success' } as IRun;
const queued = { status: 'success', jobId: '7' } as IRun;

const after = (run: IRun, tookMs: readonly number[], known?: RunHistory) => {
	const patience = new RunPatience(HOUR, known);
	for (const ms of tookMs) patience.learn(run, ms);
	return patience;
};

test('waits the whole time allowed where n8n tells the end of every run', () => {
	expect(after(inOneProcess, [5]).ms).toBe(HOUR);
});

test('in queue mode, where an end may never be told, waits a minute for quick runs', () => {
	expect(after(queued, [40]).ms).toBe(60_000);
});

test('in queue mode gives slow runs five times as long as the longest took', () => {
	expect(after(queued, [30_000, 100]).ms).toBeGreaterThan(4.5 * 30_000);
	expect(after(queued, [30_000]).ms).toBe(150_000);
});

test('forgets one slow run after many quick ones', () => {
	expect(after(queued, [600_000, ...Array.from({ length: 100 }, () => 50)]).ms).toBe(60_000);
});

test('before any end was told waits two minutes', () => {
	expect(new RunPatience(HOUR).ms).toBe(120_000);
});

test('knows after a restart what was learned before it', () => {
	for (const run of [queued, inOneProcess]) {
		const before = after(run, [30_000]);
		expect(new RunPatience(HOUR, before.history).ms).toBe(before.ms);
	}
});

test('learns anew when n8n is moved to queue mode, or back', () => {
	expect(after(queued, [40], { queued: false, longestMs: 40 }).ms).toBe(60_000);
	expect(after(inOneProcess, [40], { queued: true, longestMs: 40 }).ms).toBe(HOUR);
});

test('never waits longer than the time-out of the workflow allows, nor in queue mode less than runs of late took', () => {
	const history = fc.option(fc.record({ queued: fc.boolean(), longestMs: fc.nat(10_000_000) }), { nil: undefined });
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 10_000_000 }), history, fc.nat(10_000_000), fc.boolean(), (most, known, took, isQueued) => {
			const patience = new RunPatience(most, known);
			patience.learn(isQueued ? queued : inOneProcess, took);
			expect(patience.ms).toBeLessThanOrEqual(most);
			expect(patience.ms).toBeGreaterThanOrEqual(Math.min(most, took, PACE.queuedEnd));
			if (took < most) expect(patience.ms).toBeGreaterThanOrEqual(took);
		}),
	);
});
