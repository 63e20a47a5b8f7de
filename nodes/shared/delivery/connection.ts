import type { PicoClient } from '../api/client';
import { asFailure, PicoFailure } from '../api/failure';
import { elapsed, within } from '../api/pause';
import { sseFrames } from '../api/stream/sse';
import type { Frame, StreamEnd } from '../api/stream/types';
import { wsFrames } from '../api/stream/ws';
import { Heartbeat, nextDue, type ConnectionFacts, type ConnectionLimits } from './deadlines';
import { PACE } from './pace';
import type { Transport } from './settings';

export interface ConnectionOptions extends ConnectionLimits {
	transport: Transport;
	document: string;
	closing: AbortSignal;
	/** @param serverDate the server's clock as an HTTP date */
	onOpen: (serverDate: string | undefined) => void;
	/** Called for everything that arrives after that, heartbeats included. */
	onActivity?: () => void;
	/**
	 * Sees each frame; the next one is read from the socket when it is done.
	 *
	 * @returns whether to go on reading here, or to make the connection again at once
	 */
	onFrame: (frame: Frame) => Promise<'on' | 'again'>;
	/** Whether events wait for others to start a run with. */
	holds: () => boolean;
	/** Called when events wait and no other frame is at hand, after each frame. */
	onPause: () => Promise<unknown>;
	/** Called when the server has been quiet for `quietMs`, once after each frame and after opening. */
	onQuiet: () => Promise<void>;
}

export interface ConnectionEnd {
	/** `refresh`: to be made again, on purpose. `silent`: presumed dead. `ended`: closed by the server. `closed`: by us. */
	reason: 'refresh' | 'silent' | 'ended' | 'failed' | 'closed';
	failure?: PicoFailure;
	/** How long it was open, milliseconds; 0 when it never was. */
	openMs: number;
	/** Frames that came through whole. */
	frames: number;
	/** Whether anything came after it was accepted, if only a heartbeat. */
	carried: boolean;
}

const EXPIRED = Symbol('expired');
/** Longest single wait; activity may have moved the deadline meanwhile. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Opens one stream and feeds it to `onFrame` until it ends, is presumed dead or is due to be made again. Never throws:
 * what happened is in the result.
 */
export async function connection(client: PicoClient, options: ConnectionOptions): Promise<ConnectionEnd> {
	const { closing } = options;
	const attempt = new AbortController();
	const stop = () => attempt.abort();
	closing.addEventListener('abort', stop, { once: true });
	if (closing.aborted) attempt.abort();

	const heartbeat = new Heartbeat();
	const facts: ConnectionFacts = { lastActivity: elapsed(), waitingSince: elapsed(), frames: 0, heartbeatMs: 0, quietDone: false };
	let carried = false;
	let opened = () => {};
	const open = new Promise<void>((resolve) => (opened = resolve));

	const frames = (options.transport === 'webSocket' ? wsFrames : sseFrames)(client, {
		document: options.document,
		signal: attempt.signal,
		onOpen: ({ serverDate }) => {
			facts.openedAt = facts.lastActivity = elapsed();
			options.onOpen(serverDate);
			opened();
		},
		onActivity: () => {
			carried = true;
			facts.lastActivity = elapsed();
			heartbeat.activity(facts.lastActivity);
			facts.heartbeatMs = heartbeat.intervalMs;
			options.onActivity?.();
		},
	});

	/** The next frame, or why there is none. */
	const next = async (): Promise<IteratorResult<Frame, StreamEnd> | 'open' | 'refresh' | 'silent'> => {
		const coming = frames.next();
		if (options.holds() && (await within(coming, PACE.gather, EXPIRED)) === EXPIRED) await options.onPause();
		facts.waitingSince = elapsed();
		facts.quietDone = false;
		for (;;) {
			const awaited = facts.openedAt === undefined ? Promise.race([coming, open]) : coming;
			const { at } = nextDue(facts, options);
			const outcome = await within(awaited, Math.min(Math.max(1, at - elapsed()), LONGEST_WAIT_MS), EXPIRED);
			if (outcome !== EXPIRED && outcome !== undefined) return outcome;
			const due = nextDue(facts, options);
			if (outcome === undefined || due.at > elapsed()) continue;
			if (due.what !== 'quiet') return due.what;
			facts.quietDone = true;
			await options.onQuiet();
		}
	};

	const run = async (): Promise<ConnectionEnd['reason']> => {
		for (;;) {
			const frame = await next();
			if (frame === 'open') throw tooSlow(options.openMs);
			if (typeof frame === 'string') return frame;
			// A reader that was too slow has caught up by now.
			if (frame.done) return frame.value === 'overflow' ? 'refresh' : 'ended';
			facts.frames++;
			heartbeat.frame();
			const wish = await options.onFrame(frame.value);
			if (closing.aborted) return 'closed';
			if (wish === 'again' || elapsed() >= (facts.openedAt ?? 0) + options.refreshMs) return 'refresh';
		}
	};

	let reason: ConnectionEnd['reason'] = 'failed';
	let failure: PicoFailure | undefined;
	try {
		reason = await run();
	} catch (error) {
		failure = asFailure(error);
	} finally {
		attempt.abort();
		closing.removeEventListener('abort', stop);
		void frames.return('ended');
	}
	const openMs = facts.openedAt === undefined ? 0 : Math.max(1, elapsed() - facts.openedAt);
	return { reason: closing.aborted ? 'closed' : reason, failure, openMs, frames: facts.frames, carried };
}

function tooSlow(openMs: number): PicoFailure {
	return new PicoFailure('timeout', `Pico did not open the stream within ${Math.ceil(openMs / 1000)} s`, {
		hint: 'Check the network between n8n and Pico.',
	});
}
