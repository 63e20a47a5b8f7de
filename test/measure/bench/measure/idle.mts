import { setTimeout as pause } from 'node:timers/promises';
import type { ITriggerResponse } from 'n8n-workflow';

import { bareStream, subscription } from '../lib/bareStream.mts';
import { N8nCore, type Access, type Given } from '../lib/n8n.mts';
import { WakeUps } from '../lib/wakeUps.mts';

export interface IdleInput extends Given, Access {
	count: number;
	side: 'ours' | 'peer';
	/** Count wake-ups for so long; the memory means nothing then. 0: no. */
	watchMs: number;
	/** Wait after the start, and as long for the processor time. */
	settleMs: number;
}

export interface IdleResult {
	/** Bytes for each open stream. */
	rss: number;
	heap: number;
	/** Processor time of all together while settled, milliseconds. */
	cpuMs: number;
	open: number;
	/** Calls into JavaScript while watched, all together. */
	wakeUps: ReturnType<WakeUps['read']>;
}

const WARM = 100;
const AT_ONCE = 10;

/** What an active trigger costs while nothing happens; the peer holds a plain `fetch` stream open. */
export async function measure(input: IdleInput): Promise<IdleResult> {
	const n8n = new N8nCore(input);
	const wakeUps = new WakeUps();
	if (input.watchMs > 0) wakeUps.watch();
	// n8n keeps workflow and context for any trigger, so they are there before the count begins.
	const contexts = Array.from({ length: WARM + input.count }, (_, index) =>
		n8n.triggerContext({}, input, () => undefined, {}, `w${index}`),
	);
	let open = 0;
	const start = async (index: number): Promise<ITriggerResponse> => {
		open++;
		if (input.side === 'ours')
			return (await contexts[index].type.trigger?.call(contexts[index].context)) as ITriggerResponse;
		const stream = await bareStream(input.endpoint, subscription(), () => undefined);
		return { closeFunction: async () => stream.close() };
	};
	const held: ITriggerResponse[] = [];
	// A few at once: each waits a moment for a refusal of the server.
	const startMany = async (from: number, to: number) => {
		for (let next = from; next < to; next += AT_ONCE) {
			const some = Array.from({ length: Math.min(AT_ONCE, to - next) }, async (_, index) => await start(next + index));
			held.push(...(await Promise.all(some)));
		}
	};

	// Warm-up: code is loaded and the heap has the size that starting so many takes.
	await startMany(0, WARM);
	await Promise.all(held.splice(0).map(async ({ closeFunction }) => await closeFunction?.()));
	await pause(1_000);
	const before = usage();
	open = 0;
	await startMany(WARM, contexts.length);
	await pause(input.settleMs);
	const after = usage();
	const cpu = process.cpuUsage();
	if (input.watchMs > 0) {
		wakeUps.restart();
		await pause(input.watchMs);
	} else if (input.side === 'ours') {
		await pause(input.settleMs);
	}
	const woken = wakeUps.read();
	const { user, system } = process.cpuUsage(cpu);
	await Promise.all(held.map(async ({ closeFunction }) => await closeFunction?.()));
	return {
		rss: (after.rss - before.rss) / input.count,
		heap: (after.heap - before.heap) / input.count,
		cpuMs: (user + system) / 1000,
		open,
		wakeUps: woken,
	};
}

function usage(): { rss: number; heap: number } {
	for (let times = 0; times < 3; times++) global.gc?.();
	const { rss, heapUsed } = process.memoryUsage();
	return { rss, heap: heapUsed };
}
