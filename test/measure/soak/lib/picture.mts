import { lineChart, type Axis, type Series } from '../../kit/chart/lineChart.mts';
import { thin } from './fit.mts';
import type { ProcessSample } from './process.mts';
import type { SoakResult } from './result.mts';
import type { Sample } from './sample.mts';

/** More points than this are no picture. */
export const MOST_POINTS = 400;

const minutes: Axis = { label: 'Minutes', scale: 'linear' };
const NAMES = { ours: 'Pico MES Trigger', peer: "n8n's SSE Trigger" };

/** Memory, handles and lag over the time of the run. */
export function picture(result: SoakResult): string {
	const { samples } = result;
	const series = (name: string, value: (sample: Sample) => number | undefined, note = ''): Series => {
		const points = samples.flatMap((sample) => {
			const y = value(sample);
			return y === undefined ? [] : [{ x: sample.t / 60, y }];
		});
		return { name, points: thin(points, MOST_POINTS), note };
	};
	const both = (field: keyof ProcessSample): Series[] =>
		(['ours', 'peer'] as const).map((side) => series(`n8n with ${side === 'ours' ? 'the ' : ''}${NAMES[side]}`, (sample) => sample[side]?.[field]));
	const panel = (title: string, label: string, list: Series[]) => ({ title, x: minutes, y: { label, scale: 'linear' as const }, series: list });
	const stops = result.stops.map(({ what, at }) => `${what} at ${(at / 60).toFixed(0)} min`).join(', ');
	return lineChart({
		title: 'Soak: memory and handles over time',
		subtitle: `${result.minutes.toFixed(0)} minutes, ${result.rate} events/s to each of two n8n ${result.n8n}; ${stops}; ${result.cuts + result.byteCuts} cuts of connections. ${result.ours.ledger.lost} events lost, ${result.ours.ledger.twice} started twice. ${result.at.slice(0, 10)}, ${result.cpus} cores.`,
		plotHeight: 230,
		panels: [
			panel('Resident memory', 'MB', both('rss')),
			panel('Used JavaScript heap', 'MB', both('heap')),
			panel('Open files', 'File descriptors', both('files')),
			panel('Newest event made to newest delivered', 'Seconds', [series(NAMES.ours, ({ lag }) => lag / 1000)]),
		],
	});
}
