import { lineChart, type Panel, type Series } from '../kit/chart.mts';
import { account, type StoredRun } from '../kit/account.mts';
import { described, markdownTable, type Facts } from '../kit/kept.mts';
import { distribution, firstAndLast, fitted, floorOf, theilSen, thin, type Distribution, type Point } from '../kit/stats.mts';
import type { Lags } from './lags.mts';
import type { Side, SideSample } from './stage.mts';
import type { EventCounts } from './timeline.mts';

/** How n8n lists runs that a kill cut off, and runs whose call was refused. */
const NOT_DONE = ['crashed', 'error'];
/** Left out of the fits at the beginning of each life: code is loaded, caches and the heap grow; in a short run, a share. */
const WARM_UP_SECONDS = 300;
const WARM_UP_SHARE = 0.25;
const FLOOR_POINTS = 12;
/** Growth of open files or sockets, over the longest life, that is still flat. */
const FLAT = 5;
/** Of a shorter life nothing can be said. */
const FEWEST_SAMPLES = 3;
/** More points than this are no picture. */
export const MOST_POINTS = 400;
const HOUR = 3600;
const NAMES = { ours: 'Pico MES Trigger', peer: "n8n's SSE Trigger" };

export interface Sample {
	/** Seconds since the events began. */
	t: number;
	ours?: SideSample;
	peer?: SideSample;
	/** Resident memory of the Pico double, and of this program with its proxy and collectors, MiB. */
	sandbox?: number;
	self?: number;
	/** Newest event made minus newest delivered, milliseconds. */
	lag: number;
	/** Bytes of the trigger's static data, read once a minute. */
	staticBytes?: number;
}

export interface Ledger {
	made: number;
	/** Executions that n8n lists. */
	runs: number;
	/** Events with an execution, events without one, and starts beyond the first. */
	started: number;
	lost: number;
	twice: number;
	/** Runs that failed because their call was refused, and runs that a kill cut off. */
	failed: number;
	crashed: number;
	/** Anything that contradicts the rest; empty. */
	strange: string[];
	/** Milliseconds from the event to the call by its run. */
	lag: Record<'up' | 'away' | 'hidden', Distribution | undefined>;
}

export function ledgerOf({ collector: { hits, failed } }: Side, events: number, runs: StoredRun[], lags: Lags): Ledger {
	const { lost, duplicated, strange } = account(events, runs, hits, NOT_DONE);
	const listed = (status: string) => runs.filter((run) => run.status === status).length;
	const { up, away, hidden } = lags.sorted();
	// A refused call whose run was killed before it could fail is listed as crashed.
	if (listed('error') > failed || listed('error') + listed('crashed') < failed) strange.push(`${failed} calls were refused and ${listed('error')} runs failed`);
	return {
		...{ made: events, runs: runs.length, started: events - lost, lost, twice: duplicated, failed: listed('error'), crashed: listed('crashed'), strange },
		lag: { up: distribution(up), away: distribution(away), hidden: distribution(hidden) },
	};
}

export interface Drift {
	/** Per hour. */
	leastSquares?: number;
	theilSen?: number;
	/** Medians of the first and last quarter after the warm-up. */
	first?: number;
	last?: number;
}

/** One life of an n8n process: from a start to its end. */
export interface Life {
	life: number;
	seconds: number;
	/** Seconds of it that the fits are about, and samples in them. */
	fittedSeconds: number;
	samples: number;
	/** MiB. `heapFloor`: lowest used heap of each twelfth, what is left after garbage collections. */
	rss: Drift;
	anonymous: Drift;
	heap: Drift;
	heapFloor: Drift;
	/** Counts. */
	files: Drift;
	sockets: Drift;
	/** Share of one core over the fitted time. */
	cpu?: number;
}

export function driftOf(points: Point[]): Drift {
	const perHour = (slope: number | undefined) => (slope === undefined || points.length < FEWEST_SAMPLES ? undefined : slope * HOUR);
	return { leastSquares: perHour(fitted(points)?.slope), theilSen: perHour(theilSen(points)), ...firstAndLast(points.map(({ y }) => y)) };
}

export function livesOf(samples: readonly Sample[], side: 'ours' | 'peer'): Life[] {
	return [...new Set(samples.flatMap((sample) => sample[side]?.life ?? []))].map((life) => {
		const of = samples.flatMap(({ t, [side]: one }) => (one?.life === life ? [{ t, ...one }] : []));
		const [first, last] = [of[0].t, of[of.length - 1].t];
		const from = first + Math.min(WARM_UP_SECONDS, (last - first) * WARM_UP_SHARE);
		const kept = of.filter(({ t }) => t >= from);
		const points = (field: keyof SideSample): Point[] => kept.flatMap(({ t, [field]: y }) => (y === undefined ? [] : [{ x: t, y }]));
		const drift = (field: keyof SideSample) => driftOf(points(field));
		const [begin, end] = [kept[0], kept[kept.length - 1]];
		const seconds = end.t - begin.t;
		return {
			...{ life, seconds: last - first, fittedSeconds: seconds, samples: kept.length },
			...{ rss: drift('rss'), anonymous: drift('anonymous'), heap: drift('heap'), heapFloor: driftOf(floorOf(points('heap'), FLOOR_POINTS)), files: drift('files'), sockets: drift('sockets') },
			cpu: seconds > 0 ? (end.cpu - begin.cpu) / seconds : undefined,
		};
	});
}

interface Ends {
	first?: number;
	last?: number;
	most?: number;
}

export function endsOf(values: Array<number | undefined>): Ends {
	const known = values.filter((value) => value !== undefined);
	return known.length === 0 ? {} : { first: known[0], last: known.at(-1), most: Math.max(...known) };
}

export interface SoakResult extends Facts {
	/** Of events. */
	minutes: number;
	rate: number;
	seed: number;
	endedEarly: boolean;
	events: EventCounts;
	/** Connections cut at once, cut after some bytes, and streams that were opened in all. */
	cuts: number;
	byteCuts: number;
	streams: number;
	/** Rows that the Pico double sent, at least; repeats among them. */
	rowsSent: number;
	/** Seconds since the events began; until n8n was up again, and until it was up to date. */
	stops: Array<{ what: string; at: number; upAfter?: number; caughtUpAfter?: number }>;
	ours: { ledger: Ledger; lives: Life[] };
	peer: { ledger: Ledger; lives: Life[]; connectionsLost: number };
	staticBytes: Ends;
	sandbox: Ends;
	failures: string[];
	samples: Sample[];
}

/** What makes the run a failed one. */
export function failuresOf({ ours }: Pick<SoakResult, 'ours'>): string[] {
	const { lost, twice, strange } = ours.ledger;
	const failures = [...strange];
	if (lost !== 0) failures.push(`${lost} events lost`);
	if (twice !== 0) failures.push(`${twice} events started twice`);
	const [longest] = [...ours.lives].sort((a, b) => b.fittedSeconds - a.fittedSeconds);
	for (const what of ['files', 'sockets'] as const) {
		const { first = 0, last = 0 } = longest?.[what] ?? {};
		if (last - first > FLAT) failures.push(`open ${what} grew from ${first} to ${last}`);
	}
	return failures;
}

const number = (value: number | undefined, digits = 0) => (value === undefined ? '–' : value.toFixed(digits));
const signed = (value: number | undefined) => (value === undefined ? '–' : `${value >= 0 ? '+' : ''}${value.toFixed(1)}`);
const duration = (ms: number) => (ms >= 10_000 ? `${(ms / 1000).toFixed(0)} s` : `${ms.toFixed(0)} ms`);
const times = (lag: Distribution | undefined) => (lag ? `${duration(lag.p50)} / ${duration(lag.p99)} / ${duration(lag.max)}` : '–');
const slopes = ({ leastSquares, theilSen: robust }: Drift) => `${signed(leastSquares)} / ${signed(robust)}`;
const ends = ({ first, last }: Drift) => `${number(first)} → ${number(last)}`;

const LEDGER_LINES: Array<[string, (ledger: Ledger) => string]> = [
	['Events made', ({ made }) => String(made)],
	['Events with an execution', ({ started }) => String(started)],
	['Events lost', ({ lost }) => String(lost)],
	['Events started twice', ({ twice }) => String(twice)],
	['Executions that failed (wanted) / were cut off by the kill', ({ failed, crashed }) => `${failed} / ${crashed}`],
	['Event to call by its run, n8n up: p50 / p99 / max', ({ lag }) => times(lag.up)],
	['the same, n8n stopped, starting or catching up', ({ lag }) => times(lag.away)],
	['the same, late events that open streams do not show', ({ lag }) => times(lag.hidden)],
];

const LIFE_LINES: Array<[string, (life: Life) => string]> = [
	['resident memory, MB', ({ rss }) => ends(rss)],
	['its drift, MB per hour', ({ rss }) => slopes(rss)],
	['heap after collections, MB', ({ heapFloor }) => ends(heapFloor)],
	['its drift, MB per hour', ({ heapFloor }) => slopes(heapFloor)],
	['open files', ({ files }) => ends(files)],
	['their drift per hour', ({ files }) => slopes(files)],
	['open sockets', ({ sockets }) => ends(sockets)],
	['processor time, share of one core', ({ cpu }) => (cpu === undefined ? '–' : `${(cpu * 100).toFixed(0)} %`)],
];

/** The table and what else happened, one sentence each. */
export function tableOf(result: SoakResult): string {
	const { ours, peer, events, staticBytes, sandbox, minutes, rate, seed } = result;
	const lives = ours.lives
		.filter(({ samples }) => samples >= FEWEST_SAMPLES)
		.flatMap((life) => {
			const other = peer.lives.find((one) => one.life === life.life);
			return LIFE_LINES.map(([what, show]) => [`Life ${life.life} (${number(life.fittedSeconds / 60, 1)} min fitted): ${what}`, show(life), other ? show(other) : '–']);
		});
	const notes = [
		`${result.cuts} connections cut at once, ${result.byteCuts} times connections cut after a random number of bytes; ${result.streams} streams opened, ${result.rowsSent} rows sent for ${events.made} events`,
		`${events.ties} pairs with equal times, ${events.late} late events that open streams show, ${events.lateHidden} that they do not`,
		...result.stops.map(({ what, at, upAfter, caughtUpAfter }) => `${what} at ${number(at / 60, 1)} min: up again after ${number(upAfter)} s, up to date after ${number(caughtUpAfter)} s`),
		`static data ${number(staticBytes.first)} bytes at first, ${number(staticBytes.last)} at last, ${number(staticBytes.most)} at most`,
		`the Pico double, which keeps every event: ${number(sandbox.first)} → ${number(sandbox.last)} MB`,
	];
	return [
		`${described(result)} ${number(minutes)} minutes of events, ${rate} events/s, seed ${seed}.`,
		markdownTable([['', NAMES.ours, NAMES.peer], ...LEDGER_LINES.map(([what, show]) => [what, show(ours.ledger), show(peer.ledger)]), ...lives]),
		notes.map((note) => `- ${note}.`).join('\n'),
	].join('\n\n');
}

/** Memory, handles and lag over the time of the run. */
export async function picture(result: SoakResult): Promise<string> {
	const { samples } = result;
	const seriesOf = (name: string, value: (sample: Sample) => number | undefined): Series => ({
		name,
		points: thin(samples.flatMap((sample) => [{ x: sample.t / 60, y: value(sample) }]).filter((point): point is Point => point.y !== undefined), MOST_POINTS),
	});
	const both = (field: keyof SideSample) => (['ours', 'peer'] as const).map((side) => seriesOf(NAMES[side], (sample) => sample[side]?.[field]));
	const panel = (title: string, y: string, series: Series[]): Panel => ({ title, x: 'Minutes', y, scale: 'linear', series });
	const stops = result.stops.map(({ what, at }) => `${what} at ${(at / 60).toFixed(0)} min`).join(', ');
	const { lost, twice } = result.ours.ledger;
	const subtitle = `${result.rate} events/s to each of two n8n; ${stops}; ${result.cuts + result.byteCuts} cuts of connections. ${lost} events lost, ${twice} started twice. ${described(result)}`;
	return await lineChart({ title: 'Soak: memory and handles over time', subtitle }, [
		panel('Resident memory', 'MB', both('rss')),
		panel('Used JavaScript heap', 'MB', both('heap')),
		panel('Open files', 'File descriptors', both('files')),
		panel('Newest event made to newest delivered', 'Seconds', [seriesOf(NAMES.ours, ({ lag }) => lag / 1000)]),
	]);
}
