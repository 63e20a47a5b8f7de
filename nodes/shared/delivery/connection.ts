import type { PicoClient } from '../api/client';
import { asFailure, PicoFailure } from '../api/failure';
import { within } from '../api/pause';
import { sseFrames } from '../api/stream/sse';
import type { StreamEnd, StreamFrame } from '../api/stream/types';
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
	/** Sees each frame; the next one is read from the socket when it is done. */
	onFrame: (frame: StreamFrame) => Promise<void>;
	/** Whether events wait for others to start a run with. */
	holds: () => boolean;
	/** Called when events wait and no other frame is at hand, after each frame. */
	onPause: () => Promise<unknown>;
	/** Called when the server has been quiet for `quietMs`, once after each frame and after opening. */
	onQuiet: () => Promise<void>;
}

export interface ConnectionEnd {
	/** `refresh`: made anew on purpose. `silent`: presumed dead. `ended`: closed by the server. `closed`: by us. */
	reason: 'refresh' | 'silent' | 'ended' | 'failed' | 'closed';
	failure?: PicoFailure;
	/** How long it was open, milliseconds; 0 when it never was. */
	openMs: number;
	/** Frames that came through whole. */
	frames: number;
}

const EXPIRED = Symbol('expired');
/** Longest single wait; activity may have moved the deadline meanwhile. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Opens one stream and feeds it to `onFrame` until it ends, is presumed dead or is due to be made anew. Never throws:
 * what happened is in the result.
 */
export async function connection(client: PicoClient, options: ConnectionOptions): Promise<ConnectionEnd> {
	const { closing } = options;
	const attempt = new AbortController();
	const stop = () => attempt.abort();
	closing.addEventListener('abort', stop, { once: true });
	if (closing.aborted) attempt.abort();

	const heartbeat = new Heartbeat();
	const facts: ConnectionFacts = { openedAt: 0, lastActivity: 0, waitingSince: Date.now(), frames: 0, heartbeatMs: 0, quietDone: false };
	let opened = () => {};
	const open = new Promise<void>((resolve) => (opened = resolve));

	const frames = (options.transport === 'webSocket' ? wsFrames : sseFrames)(client, {
		document: options.document,
		signal: attempt.signal,
		onOpen: ({ serverDate }) => {
			facts.openedAt = Date.now();
			options.onOpen(serverDate);
			opened();
		},
		onActivity: () => {
			facts.lastActivity = Date.now();
			heartbeat.activity(facts.lastActivity);
			facts.heartbeatMs = heartbeat.intervalMs;
		},
	});

	/** The next frame, or why there is none. */
	const next = async (): Promise<IteratorResult<StreamFrame, StreamEnd> | 'open' | 'refresh' | 'silent'> => {
		const coming = frames.next();
		if (options.holds() && (await within(coming, PACE.gather, EXPIRED)) === EXPIRED) await options.onPause();
		facts.waitingSince = Date.now();
		facts.quietDone = false;
		for (;;) {
			const awaited = facts.openedAt === 0 ? Promise.race([coming, open]) : coming;
			const { at } = nextDue(facts, options);
			const outcome = await within(awaited, Math.min(Math.max(1, at - Date.now()), LONGEST_WAIT_MS), EXPIRED);
			if (outcome !== EXPIRED && outcome !== undefined) return outcome;
			const due = nextDue(facts, options);
			if (outcome === undefined || due.at > Date.now()) continue;
			if (due.what !== 'quiet') return due.what;
			facts.quietDone = true;
			await options.onQuiet();
		}
	};

	const run = async (): Promise<ConnectionEnd['reason']> => {
		for (;;) {
			const frame = await next();
			if (frame === 'open') throw tooSlow();
			if (typeof frame === 'string') return frame;
			// A reader that was too slow has caught up by now.
			if (frame.done) return frame.value === 'overflow' ? 'refresh' : 'ended';
			facts.frames++;
			heartbeat.frame();
			await options.onFrame(frame.value);
			if (closing.aborted) return 'closed';
			if (Date.now() >= facts.openedAt + options.refreshMs) return 'refresh';
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
	const openMs = facts.openedAt === 0 ? 0 : Math.max(1, Date.now() - facts.openedAt);
	return { reason: closing.aborted ? 'closed' : reason, failure, openMs, frames: facts.frames };
}

function tooSlow(): PicoFailure {
	return new PicoFailure('timeout', `Pico did not open the stream within ${PACE.openWithin / 1000} s`, {
		hint: 'Check the network between n8n and Pico.',
	});
}
