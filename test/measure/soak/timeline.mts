import { pause } from '../../../demo/lib/poll.mts';
import type { SandboxProcess } from '../../kit/sandbox.mts';
import type { Random } from '../kit/random.mts';
import type { Lags } from './lags.mts';
import type { Side, Stage } from './stage.mts';

const TIE_SHARE = 0.02;
const LATE_SHARE = 0.02;
/** How far behind the newest event a late one lies. */
const LATE_MS = [2_000, 60_000] as const;
/** More than this is not made up for when the machine was busy. */
const MOST_BEHIND_MS = 10_000;
const RESTART_AT = 0.5;
const KILL_AT = 0.75;
const CUTS_PER_HOUR = 10;
/** Late events are shown and hidden in turns of this length. */
const HIDE_TURN_SECONDS = 300;
const HIDE_TURNS_AT_LEAST = 6;

export interface EventCounts {
	made: number;
	ties: number;
	/** Appeared behind newer ones: shown by open streams, and found only by reading the window again. */
	late: number;
	lateHidden: number;
}

/** Makes completions at a steady rate, some with equal times, some behind newer ones. */
export class Events {
	readonly counts: EventCounts = { made: 0, ties: 0, late: 0, lateHidden: 0 };
	/** Whether open streams leave out late events now. */
	private hides = false;
	private next = 0;

	constructor(
		private readonly sandbox: SandboxProcess,
		private readonly random: Random,
		/** Told before the event is made. */
		private readonly onMake: (order: string, hidden: boolean) => void,
	) {}

	async hide(hides: boolean): Promise<void> {
		await this.sandbox.control('POST', 'switches', { reorder: hides ? 'late-hidden' : 'off' });
		this.hides = hides;
	}

	/** Resolves at `until` (milliseconds) or when `stopped`. */
	async make(rate: number, until: number, stopped: AbortSignal): Promise<void> {
		let due = Date.now();
		while (Date.now() < until && !stopped.aborted) {
			const count = await this.one();
			due = Math.max(due + (count * 1000) / rate, Date.now() - MOST_BEHIND_MS);
			await pause(Math.max(0, due - Date.now()));
		}
	}

	private async one(): Promise<number> {
		const { counts, random } = this;
		const kind = random.next();
		const tie = kind < TIE_SHARE;
		const late = !tie && kind < TIE_SHARE + LATE_SHARE && counts.made > 0;
		const count = tie ? 2 : 1;
		const orderPrefix = `MO${this.next++}`;
		const at = Date.now() - (late ? random.whole(...LATE_MS) : 0);
		for (let index = 1; index <= count; index++) this.onMake(`${orderPrefix}-${index}`, late && this.hides);
		counts.made += count;
		if (tie) counts.ties++;
		if (late) counts[this.hides ? 'lateHidden' : 'late']++;
		await this.sandbox.control('POST', 'completions/bulk', { count, startAt: new Date(at).toISOString(), stepNs: 1_000_000, tieEvery: tie ? 2 : 0, orderPrefix });
		return count;
	}
}

export interface Done {
	/** Connections cut at once, cut after some bytes, and those of the peer that were cut. */
	cuts: number;
	byteCuts: number;
	peerCuts: number;
}

interface Act {
	/** Share of the run's time. */
	at: number;
	run(): Promise<void>;
}

/** The run's time, and what ends it early. */
export interface Span {
	from: number;
	lengthMs: number;
	stopped: AbortSignal;
}

/** Cuts connections, each at a random moment of equal stretches of time; in between late events are hidden or shown. */
export async function disturb(stage: Stage, events: Events, random: Random, done: Done, span: Span): Promise<void> {
	const turns = Math.max(HIDE_TURNS_AT_LEAST, Math.round(span.lengthMs / 1000 / HIDE_TURN_SECONDS));
	const hiding = Array.from({ length: turns }, (_, turn): Act => ({ at: turn / turns, run: async () => await events.hide(turn % 2 === 1) }));
	const cuts = Math.max(2, Math.round((span.lengthMs / 3_600_000) * CUTS_PER_HOUR));
	const cutting = (['cuts', 'byteCuts'] as const).flatMap((kind) =>
		Array.from({ length: cuts }, (_, index): Act => ({
			at: (index + random.next()) / cuts,
			async run() {
				if (kind === 'byteCuts') stage.armByteCuts();
				await stage.sandbox.control('POST', 'streams/cut', {});
				done[kind]++;
				done.peerCuts += stage.feed.connected;
				stage.feed.cut();
			},
		})),
	);
	await play([...hiding, ...cutting], span);
}

/** Stops and starts both n8n about half-way, and kills both later. */
export async function restart(sides: Array<{ side: Side; lag: Lags }>, say: (text: string) => void, span: Span): Promise<void> {
	const again = (what: string, how: 'stop' | 'kill') => async () => {
		say(what);
		const one = async ({ side, lag }: { side: Side; lag: Lags }) => {
			lag.begin(what);
			await side.end(how);
			await side.start();
			lag.up();
		};
		await Promise.all(sides.map(one));
		say(`up again after: ${what}`);
	};
	await play([{ at: RESTART_AT, run: again('clean restart', 'stop') }, { at: KILL_AT, run: again('kill -9', 'kill') }], span);
}

async function play(acts: Act[], { from, lengthMs, stopped }: Span): Promise<void> {
	for (const { at, run } of acts.sort((a, b) => a.at - b.at)) {
		const due = from + at * lengthMs;
		while (Date.now() < due && !stopped.aborted) await pause(Math.min(200, Math.max(1, due - Date.now())));
		if (stopped.aborted) return;
		await run();
	}
}
