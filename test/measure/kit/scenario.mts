import { appendFileSync, mkdirSync } from 'node:fs';

import { Random } from './random.mts';

/** `full` for `npm run test:faults`; everywhere else a short form of each row runs. */
export const FULL = process.env.PICO_FAULTS === 'full';
const SEED = Number(process.env.PICO_FAULTS_SEED ?? 20260105);
const RESULTS = process.env.PICO_FAULTS_RESULTS;

/** One line of the fault matrix. */
export interface Row {
	/** Number of the row and what goes wrong. */
	id: string;
	fault: string;
	events: number;
	injected: number;
	lost: number;
	duplicated: number;
	/** Longest time from a fault to the next delivery, where it was measured. */
	recoveredInMs?: number;
	/** Failed executions that the trigger left by itself. */
	told?: number;
	note?: string;
}

export const size = (full: number, short: number): number => (FULL ? full : short);

/**
 * Runs one row as a test: no event lost, none started twice. The row is written to the results file of the fault
 * matrix, and shown with its seed when it fails.
 */
export function scenario(
	id: string,
	fault: string,
	run: (random: Random) => Promise<Omit<Row, 'id' | 'fault'>>,
	options: { timeoutMs?: number; allowedDuplicates?: number } = {},
): void {
	test(
		`${id} ${fault}: nothing lost, nothing twice`,
		async () => {
			const started = Date.now();
			const row: Row = { id, fault, ...(await run(new Random(SEED))) };
			if (RESULTS) {
				mkdirSync(RESULTS.replace(/[^/]*$/, ''), { recursive: true });
				appendFileSync(RESULTS, `${JSON.stringify({ ...row, seconds: Math.round((Date.now() - started) / 100) / 10, seed: SEED })}\n`);
			}
			// A row in which nothing went wrong proves nothing.
			expect(row.injected).toBeGreaterThan(0);
			expect({ seed: SEED, lost: row.lost }).toEqual({ seed: SEED, lost: 0 });
			expect({ seed: SEED, duplicated: row.duplicated <= (options.allowedDuplicates ?? 0) }).toEqual({ seed: SEED, duplicated: true });
		},
		options.timeoutMs ?? (FULL ? 1_800_000 : 60_000),
	);
}

/** Does something again and again while `body` is under way. @returns what that gives, and how often it was done */
export async function disturbed<T>(ms: number, disturb: () => Promise<void>, body: () => Promise<T>): Promise<{ result: T; times: number }> {
	let times = 0;
	let last: Promise<void> = Promise.resolve();
	let busy = false;
	const timer = setInterval(() => {
		if (busy) return;
		busy = true;
		times++;
		last = disturb().finally(() => (busy = false));
	}, ms);
	try {
		const result = await body();
		return { result, times };
	} finally {
		clearInterval(timer);
		await last.catch(() => undefined);
	}
}
