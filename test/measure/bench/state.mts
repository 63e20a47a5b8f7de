import { performance } from 'node:perf_hooks';
import type { IDataObject } from 'n8n-workflow';

import { N8nCore } from '../kit/n8nCore.mts';
import { inProcess, type Given } from '../kit/processes.mts';
import { median } from '../kit/stats.mts';
import { thousands, type Question } from './context.mts';
import { sameCount, valueRow } from './report.mts';

const KIB = 1024;
const LOOKBACK_MS = 300_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** P10, P11: what a trigger stores, and what identity and storing cost for each event. */
export const state: Question = async (bench) => {
	const all = bench.quick ? 100_000 : 1_000_000;
	const measure = async (events: number, eventsPerRun: number) => {
		const result = await inProcess(bench.places, import.meta.url, throughPlace, { events, eventsPerRun });
		sameCount('events through the position', events, { position: result.acknowledged });
		return result;
	};
	const single = await measure(all, 1);
	const most = await measure(all / 10, 500);
	const size = (what: string, { bytes }: typeof single, notes: string[] = []) => valueRow({ p: 'P10', what, unit: 'KiB', digits: 1, ours: bytes.map((each) => each / KIB), atMost: 32, notes });
	const written = `With the window full; one value for each tenth of the events. n8n then writes the state as JSON, ${single.stringify.toFixed(0)} µs for each run that it starts.`;
	return [
		size(`Static data over ${thousands(all)} events`, single, ['Highest size in each tenth of the events; the spread shows that it stays flat.']),
		size('The same with 500 events per run', most),
		valueRow({ p: 'P11', what: 'State and identity, each event', unit: 'µs', digits: 1, ours: single.perEvent, atMost: 20, notes: [written] }),
	];
};

/** Drives the place of a trigger over many events, one millisecond apart, and stores it with each as the trigger does. */
export async function throughPlace(input: Given & { events: number; eventsPerRun: number }) {
	const n8n = new N8nCore(input);
	const { Place } = n8n.ours('delivery/place/place');
	const { toEvent } = n8n.ours('events/event');
	const { orderCompleted } = n8n.ours('events/kinds/index');
	const { deduplicationKey } = n8n.ours('delivery/batch');
	const settings = { owner: { workflowId: 'AbCdEfGhIjKlMnOp', nodeId: '3f0a2f3e-8f6f-4f55-9d4b-0f3f6a2f7c11' }, resetKey: '' };
	const staticData = n8n.flow.ObservableObject.create({ global: {} }) as { global: IDataObject };
	const place = Place.startingAt(new Date(START).toISOString(), { source: 'source', resetKey: '', lookbackMs: LOOKBACK_MS });
	const part = input.events / 10;
	/** Microseconds for each event, and the highest size of the stored state as JSON, one value for each tenth of the events. */
	const perEvent: number[] = [];
	const bytes: number[] = [];
	const stringified: number[] = [];
	let [made, acknowledged] = [0, 0];
	for (let tenth = 0; tenth < 10; tenth++) {
		let [spent, most] = [0, 0];
		for (let done = 0; done < part; done += input.eventsPerRun) {
			const rows = Array.from({ length: input.eventsPerRun }, () => ({ ...orderCompleted.sample, externalOrderId: `MO-${++made}`, at: new Date(START + made).toISOString() }));
			const started = performance.now();
			const events = rows.map((row) => toEvent(orderCompleted, row)).filter((event) => !place.isDelivered(event));
			const ids = events.map(({ id }) => id);
			const key = deduplicationKey(settings, ids, { attempt: 1, outages: 0 });
			for (const event of events) place.isCorrection(event);
			place.noteInFlight({ ids, key, attempt: 1 });
			staticData.global['picoTrigger:node'] = place.toState() as unknown as IDataObject;
			place.acknowledge(events);
			spent += performance.now() - started;
			acknowledged += events.length;
			if (done % (input.eventsPerRun * 200) !== 0) continue;
			const before = performance.now();
			const text = JSON.stringify(staticData.global);
			stringified.push((performance.now() - before) * 1000);
			most = Math.max(most, Buffer.byteLength(text));
		}
		bytes.push(most);
		perEvent.push((spent * 1000) / part);
	}
	return { perEvent, bytes, acknowledged, stringify: median(stringified) };
}
