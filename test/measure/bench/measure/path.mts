import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { IDataObject, IRun, ITriggerResponse } from 'n8n-workflow';

import { bareStream, subscription } from '../lib/bareStream.mts';
import { N8nCore, type Access, type Given } from '../lib/n8n.mts';

export interface PathInput extends Given, Access {
	/** Root of the bench's server. */
	server: string;
	events: number;
	everyMs: number;
	rounds: number;
	/** Rows for the throughput. */
	backlog: number;
}

export interface PathResult {
	/** Milliseconds from the write on the server to the call of `emit` (bare: to the parsed row), for each round. */
	ours: number[][];
	peer: number[][];
	/** Milliseconds for the backlog, from the start of the trigger to the last row. */
	oursBacklog: number[];
	oursBacklogInBatches: number[];
	peerBacklog: number[];
}

const DAY = '2026-01-01T00:00:00.000Z';
const DONE = { status: 'success', finished: true, data: { resultData: {} } } as unknown as IRun;
const since = (serial: unknown) => Number(process.hrtime.bigint() - BigInt(String(serial))) / 1e6;

/** The way of an event through the active trigger, on n8n's own trigger context; runs end at once. */
export async function measure(input: PathInput): Promise<PathResult> {
	const n8n = new N8nCore(input);
	const result: PathResult = { ours: [], peer: [], oursBacklog: [], oursBacklogInBatches: [], peerBacklog: [] };
	const control = async (path: string, body: object) => {
		await fetch(`${input.server}/control/${path}`, { method: 'POST', body: JSON.stringify(body) });
	};
	const write = async (count: number, everyMs: number) => await control('write', { count, everyMs, to: ['graph'] });
	let staticData: IDataObject = {};

	const trigger = async (parameters: object, onItems: (items: Array<{ json: Record<string, unknown> }>) => void) => {
		const { context, type, workflow } = n8n.triggerContext(
			{ event: 'orderCompleted', ...parameters },
			input,
			(data, done) => {
				onItems(data[0]);
				done?.resolve(DONE);
			},
			staticData,
		);
		const started = (await type.trigger?.call(context)) as ITriggerResponse;
		const stop = async () => {
			await started.closeFunction?.();
			staticData = settled(workflow.staticData);
		};
		return { stop };
	};
	const until = async (what: string, check: () => boolean) => {
		for (const deadline = Date.now() + 30_000; !check(); await pause(5)) {
			if (Date.now() > deadline) throw new Error(`gave up waiting: ${what}`);
		}
	};

	const live = async (events: number, everyMs: number) => {
		const latencies: number[] = [];
		const started = await trigger({}, ([{ json }]) => latencies.push(since(json.producedSerial)));
		await write(events, everyMs);
		await until('events at the trigger', () => latencies.length >= events);
		await started.stop();
		return latencies;
	};
	const bare = async (events: number, everyMs: number) => {
		const latencies: number[] = [];
		const stream = await bareStream(input.endpoint, subscription(), (rows) => {
			for (const { endState } of rows) latencies.push(since((endState as { producedSerial: string }).producedSerial));
		});
		await write(events, everyMs);
		await until('events at the parser', () => latencies.length >= events);
		stream.close();
		await stream.ended;
		return latencies;
	};

	// Warm-up, which also fills the window of seen events to what it is in daily use.
	await live(1_500, 0);
	await bare(500, 0);
	for (let round = 0; round < input.rounds; round++) {
		result.ours.push(await live(input.events, input.everyMs));
		result.peer.push(await bare(input.events, input.everyMs));
	}

	const backlog = async (eventsPerRun: number, positionResetKey: string) => {
		let rows = 0;
		let finished = () => undefined as void;
		const all = new Promise<void>((resolve) => (finished = resolve));
		const started = performance.now();
		const parameters = { startFrom: 'date', startDate: DAY, options: { eventsPerRun, positionResetKey } };
		const running = await trigger(parameters, (items) => {
			rows += items.length;
			if (rows >= input.backlog) finished();
		});
		await all;
		const ms = performance.now() - started;
		await running.stop();
		return ms;
	};
	const bareBacklog = async () => {
		let rows = 0;
		let finished = () => undefined as void;
		const all = new Promise<void>((resolve) => (finished = resolve));
		const started = performance.now();
		const stream = await bareStream(input.endpoint, subscription(DAY), (batch) => {
			rows += batch.length;
			if (rows >= input.backlog) finished();
		});
		await all;
		const ms = performance.now() - started;
		stream.close();
		await stream.ended;
		return ms;
	};
	for (let round = 0; round <= input.rounds; round++) {
		const [single, batches, peer] = [
			await backlog(1, `a${round}`),
			await backlog(100, `b${round}`),
			await bareBacklog(),
		];
		if (round === 0) continue;
		result.oursBacklog.push(single);
		result.oursBacklogInBatches.push(batches);
		result.peerBacklog.push(peer);
	}
	return result;
}

/** Stored state as after a clean stop. The server sends live events only once, so none may be waited for at the start. */
function settled(staticData: IDataObject): IDataObject {
	const copy = JSON.parse(JSON.stringify(staticData)) as { global?: Record<string, IDataObject> };
	for (const state of Object.values(copy.global ?? {})) state.inFlight = null;
	return copy as IDataObject;
}
