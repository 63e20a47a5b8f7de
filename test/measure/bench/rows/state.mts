import { measureInProcess } from '../lib/processes.mts';
import { sameCount } from '../lib/row.mts';
import { valueRow } from '../lib/valueRow.mts';
import type { StateResult } from '../measure/state.mts';
import { thousands, type Measure } from './context.mts';

const KIB = 1024;

/** P10, P11: what a trigger stores, and what identity and storing cost for each event. */
export const state: Measure = async (bench) => {
	const events = bench.quick ? 100_000 : 1_000_000;
	const measure = async (count: number, eventsPerRun: number) => {
		const result = await measureInProcess<StateResult>(bench.places, 'state', { events: count, eventsPerRun });
		sameCount('events through the position', count, { position: result.acknowledged });
		return result;
	};
	const single = await measure(events, 1);
	const most = await measure(events / 10, 500);
	const size = (what: string, { bytes }: StateResult) =>
		valueRow({ p: 'P10', what, unit: 'KiB', digits: 1, ours: bytes.map((each) => each / KIB), atMost: 32 });
	return [
		{
			...size(`Static data over ${thousands(events)} events`, single),
			notes: ['Highest size in each tenth of the events; the spread shows that it stays flat.'],
		},
		size('The same with 500 events per run', most),
		valueRow({
			p: 'P11',
			what: 'State and identity, each event',
			unit: 'µs',
			digits: 1,
			ours: single.perEvent,
			atMost: 20,
			notes: [
				`With the window full; one value for each tenth of the events. n8n then writes the state as JSON, ${single.stringify.toFixed(0)} µs for each run that it starts.`,
			],
		}),
	];
};
