import { createHook } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { ITriggerResponse } from 'n8n-workflow';

import { bareStream, subscription } from '../kit/bareStream.mts';
import { N8nCore, type Access } from '../kit/n8nCore.mts';
import { inProcess, startServer, type Given } from '../kit/processes.mts';
import { median } from '../kit/stats.mts';
import type { Question } from './context.mts';
import { sameCount, valueRow } from './report.mts';

const KIB = 1024;
/** The last thing that a trigger does by itself after it connected comes five seconds later. */
const QUIET_MS = 6_000;
const PEER = 'fetch stream';
const SIDES = ['ours', 'peer'] as const;
type Side = (typeof SIDES)[number];

/** P9: what a trigger costs while nothing happens. */
export const idle: Question = async (bench) => {
	const [count, settleMs] = bench.quick ? [50, 2_000] : [100, 6_000];
	const server = await startServer(bench.places, { rows: 0 });
	try {
		const measure = async (side: Side, watchMs = 0) => {
			const result = await inProcess(bench.places, import.meta.url, holdOpen, { ...server.access, count, side, watchMs, settleMs: watchMs > 0 ? QUIET_MS : settleMs });
			sameCount('idle triggers', count, { [side]: result.open });
			return result;
		};
		const results: Record<Side, Array<Awaited<ReturnType<typeof measure>>>> = { ours: [], peer: [] };
		for (let run = 0; run < (bench.quick ? 1 : 5); run++) for (const side of SIDES) results[side].push(await measure(side));
		const kib = (what: 'rss' | 'heap') => ({
			unit: 'KiB',
			ours: results.ours.map((result) => result[what] / KIB),
			peer: { name: PEER, values: results.peer.map((result) => result[what] / KIB) },
		});
		const cpu = median(results.ours.map(({ cpuMs }) => cpuMs));
		// No heartbeat: what wakes the process up then is the trigger itself.
		await server.call('settings', { heartbeats: false });
		const seconds = bench.quick ? 10 : 60;
		const wakeUps = async (side: Side) => ((await measure(side, seconds * 1000)).wakeUps / count) * (60 / seconds);
		const spent = `${count} triggers in a process, warmed up, after a garbage collection. All together used ${cpu.toFixed(0)} ms of processor time in ${settleMs / 1000} s.`;
		const woken = `Calls of the event loop into JavaScript, counted over ${seconds} s for ${count} triggers while the server sends nothing at all. Each heartbeat of a server is one more, on both sides.`;
		return [
			valueRow({ p: 'P9', what: 'Idle trigger, resident memory', ...kib('rss'), atMost: 60, notes: [spent] }),
			valueRow({ what: 'The same, heap', ...kib('heap') }),
			valueRow({ p: 'P9', what: 'Idle trigger, wake-ups a minute', unit: 'a minute', digits: 2, ours: [await wakeUps('ours')], peer: { name: PEER, values: [await wakeUps('peer')] }, atMost: 2, notes: [woken] }),
		];
	} finally {
		await server.close();
	}
};

/** Counts how often the event loop calls into JavaScript. What exists before it is called is not counted. */
function watchWakeUps(): () => number {
	// Promises and ticks are no wake-ups of their own: they follow one.
	const followers = new Set(['PROMISE', 'TickObject', 'Microtask']);
	const types = new Map<number, string>();
	let count = 0;
	const hook = createHook({
		init: (id, type) => void types.set(id, type),
		before: (id) => void (followers.has(types.get(id) ?? '') || count++),
		destroy: (id) => void types.delete(id),
	});
	hook.enable();
	return () => count;
}

const WARM = 100;
const AT_ONCE = 10;

/** What active triggers cost while nothing happens; the peer holds plain `fetch` streams open. Bytes for each stream. */
export async function holdOpen(input: Given & Access & { count: number; side: Side; watchMs: number; settleMs: number }) {
	const n8n = new N8nCore(input);
	const wakeUps = input.watchMs > 0 ? watchWakeUps() : () => 0;
	// n8n keeps workflow and context for any trigger, so they are there before the count begins.
	const contexts = Array.from({ length: WARM + input.count }, (_, index) => n8n.triggerContext({}, input, () => undefined, {}, `w${index}`));
	let open = 0;
	const start = async (index: number): Promise<ITriggerResponse> => {
		open++;
		if (input.side === 'ours') return (await contexts[index].type.trigger?.call(contexts[index].context)) as ITriggerResponse;
		const stream = await bareStream(input.endpoint, subscription(), () => undefined);
		return { closeFunction: async () => stream.close() };
	};
	const held: ITriggerResponse[] = [];
	// A few at once: each waits a moment for a refusal of the server.
	const startMany = async (from: number, to: number) => {
		for (let next = from; next < to; next += AT_ONCE) {
			held.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, to - next) }, async (_, index) => await start(next + index)))));
		}
	};
	const closeAll = async () => await Promise.all(held.splice(0).map(async ({ closeFunction }) => await closeFunction?.()));

	// Warm-up: code is loaded and the heap has the size that starting so many takes.
	await startMany(0, WARM);
	await closeAll();
	await pause(1_000);
	const before = usage();
	open = 0;
	await startMany(WARM, contexts.length);
	await pause(input.settleMs);
	const after = usage();
	const [cpu, woken] = [process.cpuUsage(), wakeUps()];
	await pause(input.watchMs || input.settleMs);
	const { user, system } = process.cpuUsage(cpu);
	const calls = wakeUps() - woken;
	await closeAll();
	return { rss: (after.rss - before.rss) / input.count, heap: (after.heapUsed - before.heapUsed) / input.count, cpuMs: (user + system) / 1000, open, wakeUps: calls };
}

function usage() {
	for (let times = 0; times < 3; times++) global.gc?.();
	return process.memoryUsage();
}
