import { pause } from '../../../../demo/lib/poll.mts';
import type { Lags } from './lags.mts';
import { readProcess, type ProcessSample } from './process.mts';
import type { Side } from './side.mts';

export interface SideSample extends ProcessSample {
	/** Which start of n8n it belongs to, from 1. */
	life: number;
}

export interface Sample {
	/** Seconds since the events began. */
	t: number;
	ours?: SideSample;
	peer?: SideSample;
	/** Resident memory of the Pico double, and of this program with its proxy and collectors, MB. */
	sandbox?: number;
	self?: number;
	/** Newest event made minus newest delivered, milliseconds. */
	lag: number;
	/** Bytes of the trigger's static data, read once a minute. */
	staticBytes?: number;
}

const STATIC_EVERY_MS = 60_000;

interface Watched {
	ours: Side;
	peer: Side;
	lags: Lags;
	sandboxPid: number | undefined;
}

/** Adds a sample to `samples` every `everyMs` until `stopped`. */
export async function sampling({ ours, peer, lags, sandboxPid }: Watched, samples: Sample[], everyMs: number, stopped: AbortSignal): Promise<void> {
	const began = Date.now();
	let staticDue = began + Math.min(STATIC_EVERY_MS, 3 * everyMs);
	let staticBytes: number | undefined;
	while (!stopped.aborted) {
		const at = Date.now();
		const one = async (side: Side) => {
			const sample = await side.sample();
			return sample && { life: side.life, ...sample };
		};
		const [our, other] = await Promise.all([one(ours), one(peer)]);
		const sample: Sample = { t: (at - began) / 1000, ours: our, peer: other, lag: lags.now() };
		sample.sandbox = readProcess(sandboxPid)?.rss;
		sample.self = readProcess(process.pid)?.rss;
		if (at >= staticDue) {
			staticBytes = await ours.staticBytes().catch(() => staticBytes);
			staticDue = at + STATIC_EVERY_MS;
		}
		samples.push({ ...sample, staticBytes });
		await pause(Math.max(0, at + everyMs - Date.now()));
	}
}
