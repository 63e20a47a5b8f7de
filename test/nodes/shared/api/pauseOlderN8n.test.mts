// An n8n before 2.34: `sleep` knows no signal, `sleepWithAbort` does.
jest.mock('n8n-workflow', () => ({
	sleep: async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms)),
	sleepWithAbort: async (ms: number, signal: AbortSignal) =>
		await new Promise((resolve, reject) => {
			const timer = setTimeout(resolve, ms);
			signal.addEventListener('abort', () => (clearTimeout(timer), reject(new Error('aborted'))));
		}),
}));

import { pause as ofEryxon } from '../../../../packages/eryxon/nodes/shared/api/pause.ts';
import { pause } from '../../../../nodes/shared/api/pause.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test.each([
	['Pico', pause],
	['Eryxon', ofEryxon],
])('a wait of %s that is given up leaves no timer behind on an older n8n', async (_package, wait) => {
	const stop = new AbortController();
	const waiting = wait(3_600_000, stop.signal);
	expect(jest.getTimerCount()).toBe(1);
	stop.abort();
	await waiting;
	expect(jest.getTimerCount()).toBe(0);
});
