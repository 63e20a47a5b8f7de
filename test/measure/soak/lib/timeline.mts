import { pause } from '../../../../demo/lib/poll.mts';
import type { Events } from './events.mts';
import type { Cut } from './faults.mts';
import type { Lags } from './lags.mts';
import type { Stage } from './stage.mts';

const RESTART_AT = 0.5;
const KILL_AT = 0.75;
/** Late events are shown and hidden in turns of this length. */
const HIDE_TURN_SECONDS = 300;
const HIDE_TURNS_AT_LEAST = 6;

export interface Done {
	cuts: number;
	byteCuts: number;
	/** Connections of the peer that were cut. */
	peerCuts: number;
}

interface Act {
	/** Share of the run's time. */
	at: number;
	run(): Promise<void>;
}

/** Cuts connections at the planned moments; in between late events are hidden or shown. */
export async function disturb(stage: Stage, events: Events, plan: Cut[], done: Done, from: number, lengthMs: number, stopped: AbortSignal): Promise<void> {
	const turns = Math.max(HIDE_TURNS_AT_LEAST, Math.round(lengthMs / 1000 / HIDE_TURN_SECONDS));
	const hiding = Array.from({ length: turns }, (_, turn): Act => ({ at: turn / turns, run: async () => await events.hide(turn % 2 === 1) }));
	const cutting = plan.map(({ at, kind }): Act => ({
		at,
		async run() {
			if (kind === 'bytes') stage.byteCuts.arm();
			await stage.sandbox.control('POST', 'streams/cut', {});
			done[kind === 'bytes' ? 'byteCuts' : 'cuts']++;
			done.peerCuts += stage.feed.connected;
			stage.feed.cut();
		},
	}));
	await play([...hiding, ...cutting], from, lengthMs, stopped);
}

/** Stops and starts both n8n about half-way, and kills both later. */
export async function restart({ ours, peer }: Stage, lags: { ours: Lags; peer: Lags }, from: number, lengthMs: number, say: (text: string) => void, stopped: AbortSignal): Promise<void> {
	const both = [
		{ side: ours, lag: lags.ours },
		{ side: peer, lag: lags.peer },
	];
	const again = (what: string, end: (side: typeof ours) => Promise<void>) => async () => {
		say(what);
		await Promise.all(
			both.map(async ({ side, lag }) => {
				lag.begin(what);
				await end(side);
				await side.start();
				lag.up();
			}),
		);
		say(`up again after: ${what}`);
	};
	const acts: Act[] = [
		{ at: RESTART_AT, run: again('clean restart', async (side) => await side.stop()) },
		{ at: KILL_AT, run: again('kill -9', async (side) => await side.kill()) },
	];
	await play(acts, from, lengthMs, stopped);
}

async function play(acts: Act[], from: number, lengthMs: number, stopped: AbortSignal): Promise<void> {
	for (const { at, run } of acts.sort((a, b) => a.at - b.at)) {
		const due = from + at * lengthMs;
		while (Date.now() < due && !stopped.aborted) await pause(Math.min(200, Math.max(1, due - Date.now())));
		if (stopped.aborted) return;
		await run();
	}
}
