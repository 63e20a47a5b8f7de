import { measureInProcess, startServer } from '../bench/lib/processes.mts';
import { sameCount } from '../bench/lib/row.mts';
import type { Curve } from './curves.mts';
import type { EventsInput, EventsResult } from './measure/events.mts';
import { ofKind, panelOf, type Growth, type Part } from './part.mts';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const QUICK = [1_000, 5_000, 20_000];
const MIB = 1024 * 1024;
/** Patience for a busy machine; a quiet one takes a tenth of it. */
const WITHIN_MS = 3_000_000;

const MODES = [
	{ eventsPerRun: 1, name: 'One event per run' },
	{ eventsPerRun: 100, name: '100 events per run' },
];

async function measureEvents({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
	const times: Curve[] = MODES.map(({ name }) => ({ name, sizes: 'events', unit: 's', kind: 'time', points: [] }));
	const memory: Curve[] = ['Heap', 'Resident memory'].map((name) => ({ name, sizes: 'events', unit: 'MiB', kind: 'memory', points: [] }));
	for (const size of quick ? QUICK : SIZES) {
		say(`${size.toLocaleString('en-US')} events`);
		const server = await startServer(places, { rows: size });
		const measure = async (input: Partial<EventsInput>) => {
			const whole = { endpoint: `${server.url}/graph/v2`, token: 'growth', events: size, eventsPerRun: 1, rounds, memory: false, ...input };
			const result = await measureInProcess<EventsResult>(places, '../../growth/measure/events', whole, WITHIN_MS);
			for (const [round, delivered] of result.delivered.entries()) {
				sameCount(`round ${round + 1}`, size, { 'the trigger': delivered, 'different events': result.different[round] });
			}
			return result;
		};
		try {
			for (const [index, { eventsPerRun }] of MODES.entries()) {
				const { ms } = await measure({ eventsPerRun });
				times[index].points.push({ size, values: ms.map((value) => value / 1000) });
			}
			const { heap, rss } = await measure({ memory: true });
			memory[0].points.push({ size, values: heap.map((value) => value / MIB) });
			memory[1].points.push({ size, values: rss.map((value) => value / MIB) });
		} finally {
			await server.close();
		}
	}
	return [...times, ...memory];
}

export const events: Part = {
	title: 'Events through the trigger',
	about: 'From the start of the trigger to the last run; runs end at once.',
	measure: measureEvents,
	panels: (curves) => [
		panelOf('Time', 'Events', 'Time, s', ofKind(curves, 'time')),
		panelOf('Highest memory of the process', 'Events', 'MiB', ofKind(curves, 'memory')),
	],
};
