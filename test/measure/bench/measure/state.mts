import { performance } from 'node:perf_hooks';
import type { IDataObject } from 'n8n-workflow';

import type * as Batch from '../../../../nodes/shared/delivery/batch.ts';
import type * as Places from '../../../../nodes/shared/delivery/place/place.ts';
import type * as Events from '../../../../nodes/shared/events/event.ts';
import type * as Kinds from '../../../../nodes/shared/events/kinds/index.ts';
import { N8nCore, type Given } from '../lib/n8n.mts';
import { series } from '../lib/stats.mts';

export interface StateInput extends Given {
	events: number;
	eventsPerRun: number;
}

export interface StateResult {
	/** Identity, look-up and saving of state, microseconds for each event; one value for each tenth of the events. */
	perEvent: number[];
	/** What n8n then needs to write the state down as JSON, microseconds for each `emit`. */
	stringify: number;
	/** Highest size of the stored state as JSON, in each tenth of the events. */
	bytes: number[];
	acknowledged: number;
}

const LOOKBACK_MS = 300_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Drives the place of a trigger over many events, one millisecond apart, and stores it with each as the trigger does. */
export async function measure(input: StateInput): Promise<StateResult> {
	const n8n = new N8nCore(input);
	const { Place } = n8n.ours<typeof Places>('./dist/nodes/shared/delivery/place/place.js');
	const { toEvent } = n8n.ours<typeof Events>('./dist/nodes/shared/events/event.js');
	const { orderCompleted } = n8n.ours<typeof Kinds>('./dist/nodes/shared/events/kinds/index.js');
	const { deduplicationKey } = n8n.ours<typeof Batch>('./dist/nodes/shared/delivery/batch.js');
	const settings = {
		owner: { workflowId: 'AbCdEfGhIjKlMnOp', nodeId: '3f0a2f3e-8f6f-4f55-9d4b-0f3f6a2f7c11' },
		resetKey: '',
	};
	const { ObservableObject } = n8n.flow;
	const staticData = ObservableObject.create({ global: {} }) as { global: IDataObject };
	const place = Place.startingAt(new Date(START).toISOString(), { source: 'source', resetKey: '', lookbackMs: LOOKBACK_MS });
	const result: StateResult = { perEvent: [], stringify: 0, bytes: [], acknowledged: 0 };
	const sample = orderCompleted.sample;
	const part = input.events / 10;

	const stringified: number[] = [];
	let made = 0;
	for (let tenth = 0; tenth < 10; tenth++) {
		let spent = 0;
		let bytes = 0;
		for (let done = 0; done < part; done += input.eventsPerRun) {
			const rows = Array.from({ length: input.eventsPerRun }, () => {
				made++;
				return { ...sample, externalOrderId: `MO-${made}`, at: new Date(START + made).toISOString() };
			});
			const started = performance.now();
			const events = rows.map((row) => toEvent(orderCompleted, row)).filter((event) => !place.isDelivered(event));
			const ids = events.map(({ id }) => id);
			const key = deduplicationKey(settings, ids, { attempt: 1, outages: 0 });
			for (const event of events) place.isCorrection(event);
			place.noteInFlight({ ids, key, attempt: 1 });
			staticData.global['picoTrigger:node'] = place.toState() as unknown as IDataObject;
			place.acknowledge(events);
			spent += performance.now() - started;
			result.acknowledged += events.length;
			if (done % (input.eventsPerRun * 200) !== 0) continue;
			const before = performance.now();
			const text = JSON.stringify(staticData.global);
			stringified.push((performance.now() - before) * 1000);
			bytes = Math.max(bytes, Buffer.byteLength(text));
		}
		result.bytes.push(bytes);
		result.perEvent.push((spent * 1000) / part);
	}
	return { ...result, stringify: series(stringified).median };
}
