import { setTimeout as pause } from 'node:timers/promises';
import type { IRun, ITriggerResponse } from 'n8n-workflow';

import { Memory } from '../lib/memory.mts';
import { N8nCore, type Access, type Given } from '../lib/n8n.mts';

export interface BacklogInput extends Given, Access {
	/** Rows that the server holds. */
	events: number;
	eventsPerRun: number;
	/** How long each run of the workflow takes. */
	runMs: number;
}

export interface BacklogResult {
	/** Different events that started a run. */
	delivered: number;
	/** Growth over a warmed-up process, bytes. */
	growth: Memory['growth'];
	seconds: number;
}

const WARM_EVENTS = 5_000;
const SAMPLE_EVERY_EVENTS = 2_000;
const DONE = { status: 'success', finished: true, data: { resultData: {} } } as unknown as IRun;

/** A backlog through the active trigger into a slow workflow: how much memory waits with it. */
export async function measure(input: BacklogInput): Promise<BacklogResult> {
	const n8n = new N8nCore(input);
	const memory = new Memory(true);
	const options = { eventsPerRun: input.eventsPerRun };

	const through = async (events: number) => {
		let delivered = 0;
		let stopping = false;
		const { context, type } = n8n.triggerContext({ event: 'orderCompleted', startFrom: 'earliest', options }, input, (data, done) => {
			if (stopping) return;
			const before = delivered;
			delivered += data[0].length;
			if (Math.floor(before / SAMPLE_EVERY_EVENTS) < Math.floor(delivered / SAMPLE_EVERY_EVENTS)) memory.sample();
			void pause(input.runMs).then(() => done?.resolve(DONE));
		});
		const started = (await type.trigger?.call(context)) as ITriggerResponse;
		for (const deadline = Date.now() + 600_000; delivered < events; await pause(20)) {
			if (Date.now() > deadline) throw new Error(`gave up after ${delivered} of ${events} events`);
		}
		stopping = true;
		await started.closeFunction?.();
		return delivered;
	};

	await through(WARM_EVENTS);
	memory.baseline();
	const began = Date.now();
	const delivered = await through(input.events);
	return { delivered, growth: memory.growth, seconds: (Date.now() - began) / 1000 };
}
