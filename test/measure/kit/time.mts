const REAL = { setTimeout: globalThis.setTimeout, Date: globalThis.Date };

/** Runs `body` on a machine whose clock can be set, as a person or a time server sets it; timers run on. */
export async function withSettableClock<T>(body: (setAhead: (ms: number) => void) => Promise<T>): Promise<T> {
	let aheadMs = 0;
	const now = () => REAL.Date.now() + aheadMs;
	class SetDate extends REAL.Date {
		constructor(...values: unknown[]) {
			super(...((values.length === 0 ? [now()] : values) as [number]));
		}
		static override now = now;
	}
	globalThis.Date = SetDate as DateConstructor;
	try {
		return await body((ms) => (aheadMs = ms));
	} finally {
		globalThis.Date = REAL.Date;
	}
}

/** Time passes only in {@link pass}; sockets work as ever. */
export function stopTime(): void {
	jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'] });
}

/**
 * Lets time pass in steps until something holds, or it is over; sockets get a moment of real time in each step.
 *
 * @returns whether it held
 */
export async function pass(ms: number, holds: () => boolean = () => false, stepMs = 1_000): Promise<boolean> {
	for (let passed = 0; passed < ms; passed += stepMs) {
		if (holds()) return true;
		await jest.advanceTimersByTimeAsync(stepMs);
		await new Promise((resolve) => REAL.setTimeout(resolve, 2));
	}
	return holds();
}

/** Lets time pass until `promise` is settled. */
export async function passing<T>(promise: Promise<T>): Promise<T> {
	let settled = false;
	const noted = promise.finally(() => (settled = true));
	noted.catch(() => undefined);
	await pass(60_000, () => settled, 5);
	return await noted;
}

export const runTime = () => void jest.useRealTimers();
