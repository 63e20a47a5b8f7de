import type { IDataObject } from 'n8n-workflow';

import type { Dialect } from '../../../shared/api/dialect/dialect';
import { canReplay, subscriptionDocument, type StreamOptions } from '../../../shared/api/documents/subscription';
import { asFailure, PicoFailure } from '../../../shared/api/failure';
import { elapsed, pause } from '../../../shared/api/pause';
import { connection } from '../../../shared/delivery/connection';
import { EARLIEST } from '../../../shared/delivery/place/rules';
import type { Transport } from '../../../shared/delivery/settings';
import { rowsOf, toEvent } from '../../../shared/events/event';
import { orderCompleted } from '../../../shared/events/kinds';
import { toMs } from '../../../shared/events/timestamp';
import type { EventKind } from '../../../shared/events/types';
import { failed, LIMITS, ok, warning, type Finding, type Line } from './finding';

/** Asked of the server, and small enough to see whether it keeps to it. */
const BATCH = 2;
/** Frames to read before a stream is closed. */
const FRAMES = 3;
const FRAME_FOLLOWS_MS = 100;
const BROKEN_PROXY =
	"Ask who runs the proxy between n8n and Pico to pass text/event-stream on at once (nginx: 'proxy_buffering off'), or choose 'WebSocket' as 'Connection' in the Pico MES Trigger if the check of it is ok.";

/** What came through one stream; times are milliseconds from the request on. */
interface Heard {
	openMs?: number;
	firstByteMs?: number;
	heartbeatMs?: number;
	frames: number;
	largestFrame: number;
	isList?: boolean;
	/** Times of its events, as Pico writes them. */
	times: string[];
	/** Closed by the server before we did. */
	ended: boolean;
}

/** What was found about one kind of event. */
interface Told {
	kind: EventKind;
	/** From the earliest event on, in small batches. */
	past: Heard;
	/** From the time of the first event on. */
	again?: Heard;
	/** Without a cursor; absent when there was no time left for it. */
	live?: Heard;
	takesCursor: boolean;
	takesBatchSize: boolean;
}

/** Tries one stream: what lies behind it, where it begins, and what it sends while nothing happens. */
export async function tryStream(line: Line, dialect: Dialect, kind: EventKind): Promise<Told | { kind: EventKind; failure: PicoFailure }> {
	const listenFrom = async (options: StreamOptions, end: Ending) =>
		await dialect.adapting(
			() => ({ document: subscriptionDocument(kind, dialect, options) }),
			async ({ document }) => await listen(line, kind, 'sse', document, end),
		);
	const soon: Ending = { quiet: LIMITS.quiet, isEnough: ({ frames, largestFrame }) => frames >= FRAMES || largestFrame > BATCH };
	try {
		const past = await listenFrom({ cursor: EARLIEST, batchSize: BATCH }, soon);
		const takesCursor = canReplay(kind, dialect);
		const [first] = past.times;
		const again = first && takesCursor && !line.signal.aborted ? await listenFrom({ cursor: first, batchSize: BATCH }, { ...soon, isEnough: ({ frames }) => frames > 0 }) : undefined;
		const live = line.signal.aborted ? undefined : await listenFrom({}, { quiet: LIMITS.heartbeat, isEnough: ({ heartbeatMs, frames }) => heartbeatMs !== undefined || frames >= FRAMES });
		return { kind, past, again, live, takesCursor, takesBatchSize: dialect.hasArgument('Subscription', kind.streamField, 'batchSize') !== false };
	} catch (error) {
		return { kind, failure: asFailure(error) };
	}
}

/** Whether a WebSocket opens. */
export async function webSocket(line: Line, dialect: Dialect): Promise<Finding> {
	const check = 'WebSocket';
	try {
		const { openMs } = await dialect.adapting(
			() => ({ document: subscriptionDocument(orderCompleted, dialect, {}) }),
			async ({ document }) => await listen(line, orderCompleted, 'webSocket', document, { quiet: LIMITS.settle, isEnough: () => false }),
		);
		return ok(check, `A WebSocket opens in ${openMs} ms.`, { opensInMs: openMs });
	} catch (error) {
		const { meaning, details } = failed(check, asFailure(error));
		return warning(check, meaning, "Leave 'Connection' of the Pico MES Trigger at 'Server-Sent Events'.", details);
	}
}

interface Ending {
	/** Silence after which it is closed. */
	quiet: number;
	isEnough: (heard: Heard) => boolean;
}

/** @throws PicoFailure when the server does not open the stream, or refuses it */
async function listen({ client, signal }: Line, kind: EventKind, transport: Transport, document: string, { quiet, isEnough }: Ending): Promise<Heard> {
	const heard: Heard = { frames: 0, largestFrame: 0, times: [], ended: false };
	const closing = new AbortController();
	const started = elapsed();
	const now = () => Math.round(elapsed() - started);
	let last = 0;
	const stopIfEnough = () => {
		if (isEnough(heard)) closing.abort();
	};
	const end = await connection(client, {
		transport,
		document,
		closing: AbortSignal.any([closing.signal, signal]),
		openMs: LIMITS.open,
		silenceMs: 0,
		refreshMs: Number.POSITIVE_INFINITY,
		quietMs: quiet,
		onOpen: () => {
			heard.openMs = last = now();
			// What never falls silent is heard for as long as the others.
			void pause(LIMITS.heartbeat, closing.signal).then(() => closing.abort());
		},
		onActivity: () => {
			heard.firstByteMs ??= now();
			const gap = now() - last;
			last = now();
			if (gap < LIMITS.shortestHeartbeat) return;
			const { frames } = heard;
			void pause(FRAME_FOLLOWS_MS, closing.signal).then(() => {
				if (heard.frames === frames) heard.heartbeatMs ??= gap;
				stopIfEnough();
			});
		},
		onFrame: async (frame) => {
			heard.frames++;
			const value = frame.kind === 'result' ? frame.data[kind.streamField] : undefined;
			const { rows } = rowsOf(value);
			heard.isList ??= rows.length > 0 ? Array.isArray(value) : undefined;
			heard.largestFrame = Math.max(heard.largestFrame, rows.length);
			for (const row of rows.slice(0, BATCH)) heard.times.push(toEvent(kind, row).cursor);
			stopIfEnough();
			return 'on';
		},
		holds: () => false,
		onPause: async () => undefined,
		onQuiet: async () => closing.abort(),
	});
	closing.abort();
	if (end.failure) throw end.failure;
	if (heard.openMs === undefined) throw new PicoFailure('timeout', 'There was no time left for this check', { hint: 'Pico answers too slowly. Run the check again when it is less busy.' });
	heard.ended = end.reason === 'ended';
	return heard;
}

/** The findings of all streams. Whether a proxy holds them back is seen by none alone. */
export function judge(tried: ReadonlyArray<Awaited<ReturnType<typeof tryStream>>>, serverNow: number): { findings: Finding[]; heldBack: boolean } {
	const told = tried.filter((each): each is Told => !('failure' in each));
	const late = tried.some((each) => 'failure' in each && each.failure.kind === 'timeout');
	const nothingCame = told.every(({ past, live }) => past.firstByteMs === undefined && live?.firstByteMs === undefined);
	const heldBack = nothingCame && (told.length > 0 || late);
	return { heldBack, findings: tried.map((each) => ('failure' in each ? refused(each, heldBack) : describe(each, heldBack, serverNow))) };
}

export const nameOf = ({ displayName }: EventKind) => `Stream: ${displayName}`;

function refused({ kind, failure }: { kind: EventKind; failure: PicoFailure }, heldBack: boolean): Finding {
	const name = nameOf(kind);
	if (heldBack && failure.kind === 'timeout') return { ...failed(name, failure), whatToDo: `Pico answers questions, but opens no stream. ${BROKEN_PROXY}` };
	// A server without this stream serves all others.
	return failed(name, failure, /does not offer/.test(failure.message) ? 'warning' : 'failed');
}

function describe({ kind, past, again, live, takesCursor, takesBatchSize }: Told, heldBack: boolean, serverNow: number): Finding {
	const name = nameOf(kind);
	const [oldest] = past.times;
	const cursor = !takesCursor ? 'not taken' : again ? (again.times.includes(oldest) ? 'inclusive' : 'exclusive') : 'taken';
	const ignored = past.largestFrame > BATCH;
	const batchSize = !takesBatchSize ? 'not taken' : ignored ? 'ignored' : past.largestFrame === BATCH ? 'honored' : 'unknown';
	const sendsPast = live?.times.some((time) => (toMs(time) ?? serverNow) < serverNow - LIMITS.clock) ?? null;
	const beat = live?.heartbeatMs ?? past.heartbeatMs;
	const ended = past.ended || live?.ended === true;
	const details: IDataObject = {
		opensInMs: past.openMs,
		firstByteMs: past.firstByteMs ?? live?.firstByteMs ?? null,
		heartbeatSeconds: beat === undefined ? null : Math.round(beat / 100) / 10,
		events: past.isList === undefined ? null : past.isList ? 'list' : 'one object',
		cursor,
		batchSize,
		rowsInFrame: past.largestFrame,
		oldestEvent: takesCursor ? (oldest ?? null) : null,
		pastEventsWithoutCursor: sendsPast,
		endedByServer: ended,
	};
	if (heldBack) {
		const meaning = `The stream opens, but not a single byte came through in ${Math.round(LIMITS.heartbeat / 1000)} s. A proxy probably holds it back. (A Pico without any event and without heartbeats would look the same.)`;
		return { check: name, verdict: 'failed', meaning, whatToDo: BROKEN_PROXY, details };
	}
	const facts = [
		`Opens in ${past.openMs} ms`,
		takesCursor ? (oldest ? `the oldest event is of ${oldest}` : 'no event so far') : '',
		again ? `the cursor is ${cursor}` : '',
		!live ? '' : beat === undefined ? `no heartbeat within ${Math.round(LIMITS.heartbeat / 1000)} s` : `a heartbeat each ${Math.round(beat / 1000)} s`,
	];
	const meaning = `${facts.filter(Boolean).join(', ')}.`;
	const [problem] = [
		!takesCursor && {
			meaning: 'Pico takes no cursor here, so it cannot send again what happens while n8n is down or the connection is lost.',
			whatToDo: "Ask Pico for an update. Until then, compare with the ERP after each interruption.",
		},
		ended && {
			meaning: 'The server closes the stream by itself.',
			whatToDo: 'The trigger connects again each time and loses nothing. Ask who runs Pico, or the proxy in between, why streams are closed.',
		},
		ignored && {
			meaning: `Pico was asked for at most ${BATCH} events at once and sent ${past.largestFrame}.`,
			whatToDo: "Nothing for now. Where Pico cannot resolve one event, failed executions speak of 'some events': then tell Pico support.",
		},
	].filter((each) => each !== false);
	return problem ? warning(name, `${problem.meaning} ${meaning}`, problem.whatToDo, details) : ok(name, meaning, details);
}
