import type { PicoEvent } from '../../events/event';
import { toMs } from '../../events/timestamp';
import { SeenWindow } from '../../events/window';
import { PlantClock } from './clock';
import { advance, advanceToMs, isAheadOf, isLookBackCut, passedMs, resumeFrom, type LookBack } from './rules';
import { STATE_VERSION, type StoredState } from './state';

const STORED_SUBJECTS = 600;
/** JSON bytes for all lists together, for the window of it at most, and what one entry of the others takes. */
const STORED_BYTES = 31_200;
const WINDOW_BYTES = 25_000;
const ENTRY = { inFlight: 27, subject: 13 };
/** Characters of an id in the window: 72 bits, so that a false match in a full window is one in 10^16. */
const MARK_LENGTH = 12;
const SUBJECT_LENGTH = 10;

export type InFlight = NonNullable<StoredState['inFlight']>;

/** What a place belongs to, and how far it looks back. */
export interface PlaceOptions {
	/** See `sourceOf`. */
	source: string;
	resetKey: string;
	lookbackMs: number;
}

/**
 * Where a trigger stands: which events it has delivered, and from where it reads on. For both triggers.
 *
 * The live copy is in memory; stored state is written from it, as a whole, right before each `emit`. The cursor moves
 * forward only, and only over events that were delivered or left out on purpose.
 */
export class Place {
	/** The clock beyond which no event moves the place. */
	readonly clock = new PlantClock();
	private readonly window: SeenWindow;
	private readonly subjects: string[] = [];
	private readonly knownSubjects = new Set<string>();
	private inFlight: InFlight | undefined;

	private constructor(
		private readonly options: PlaceOptions,
		private cursorText: string,
		/** Where the trigger first began. What lies before was never wanted, however far it looks back later on. */
		private readonly start: string,
	) {
		this.window = new SeenWindow(options.lookbackMs);
	}

	/** The place of a trigger that starts for the first time. */
	static startingAt(cursor: string, options: PlaceOptions): Place {
		return new Place(options, cursor, cursor);
	}

	static restored(state: StoredState, options: PlaceOptions): Place {
		const place = new Place(options, state.cursor, state.start);
		const { seen, ahead, forgottenUpTo } = state;
		place.window.restore({ seen, ahead, forgottenUpTo: forgottenUpTo ?? undefined }, toMs(state.cursor) ?? 0);
		for (const subject of state.subjects) place.note(subject);
		place.inFlight = state.inFlight ?? undefined;
		return place;
	}

	/** What was handed over before a restart and is not known to be done. */
	get unconfirmed(): InFlight | undefined {
		return this.inFlight;
	}

	/** Pico's own timestamp up to which everything is delivered. */
	get cursor(): string {
		return this.cursorText;
	}

	/** From where the next connection reads. */
	get resumeFrom(): string {
		return resumeFrom(this.lookBack);
	}

	/** Whether more events came within the look-back than could be remembered. */
	get isLookBackCut(): boolean {
		return isLookBackCut(this.lookBack);
	}

	private get lookBack(): LookBack {
		return { cursor: this.cursorText, start: this.start, lookbackMs: this.options.lookbackMs, forgottenUpTo: this.window.forgottenUpTo };
	}

	isDelivered({ id, cursor }: { id: string; cursor: string }): boolean {
		return this.window.has(mark(id), toMs(cursor));
	}

	/** Whether the same ordered unit was delivered before with other content. */
	isCorrection({ subject }: PicoEvent): boolean {
		return this.knownSubjects.has(subject.slice(0, SUBJECT_LENGTH));
	}

	/** Milliseconds that the event's own time lies ahead of the clock; 0 where it does not. */
	leadMs({ cursor }: PicoEvent): number {
		return isAheadOf(this.clock.ms, cursor) ? (toMs(cursor) ?? 0) - this.clock.ms : 0;
	}

	/** Notes what is about to be handed over. Not yet stored: see `toState`. */
	noteInFlight(inFlight: InFlight): void {
		this.inFlight = inFlight;
	}

	/** These events, and all before them, are delivered. */
	acknowledge(events: readonly PicoEvent[]): void {
		for (const event of events) {
			this.leaveOut(event);
			this.note(event.subject.slice(0, SUBJECT_LENGTH));
		}
		this.inFlight = undefined;
	}

	/** This event is delivered, but others before it may be missing: the cursor stays. */
	acknowledgeAhead(event: PicoEvent): void {
		this.window.addBeyond(mark(event.id), toMs(event.cursor));
		this.note(event.subject.slice(0, SUBJECT_LENGTH));
	}

	/** Moves over an event that is not to be delivered (filtered out), or was delivered ahead. */
	leaveOut({ id, cursor }: { id: string; cursor: string }): void {
		const ms = toMs(cursor);
		const { ms: now } = this.clock;
		const passed = this.window.takeReached(passedMs(cursor, now));
		if (passed !== undefined) this.cursorText = advanceToMs(this.cursorText, passed);
		if (isAheadOf(now, cursor)) this.window.addBeyond(mark(id), ms);
		else this.window.add(mark(id), ms ?? toMs(this.cursorText));
		this.cursorText = advance(this.cursorText, cursor, now);
	}

	/** @param runs what is known of earlier runs; see `RunHistory` */
	toState(runs?: StoredState['runs']): StoredState {
		// A large batch takes its room from the subjects first: without them only a correction is not told as one.
		const room = STORED_BYTES - (this.inFlight?.ids.length ?? 0) * ENTRY.inFlight;
		const { seen, ahead, forgottenUpTo } = this.window.toStored(Math.max(0, Math.min(WINDOW_BYTES, room)));
		const subjects = Math.max(0, Math.floor((room - [...seen, ...ahead].reduce((bytes, text) => bytes + text.length + 3, 0)) / ENTRY.subject));
		return {
			v: STATE_VERSION,
			source: this.options.source,
			resetKey: this.options.resetKey,
			cursor: this.cursorText,
			start: this.start,
			seen,
			ahead,
			forgottenUpTo: forgottenUpTo ?? null,
			subjects: this.subjects.slice(Math.max(0, this.subjects.length - subjects)),
			runs: runs ?? null,
			inFlight: this.inFlight ?? null,
		};
	}

	/** Keeps the subjects that came last; the set is there since every event asks for one. */
	private note(subject: string): void {
		if (this.knownSubjects.has(subject)) this.subjects.splice(this.subjects.indexOf(subject), 1);
		this.subjects.push(subject);
		this.knownSubjects.add(subject);
		while (this.subjects.length > STORED_SUBJECTS) this.knownSubjects.delete(this.subjects.shift() ?? '');
	}
}

function mark(id: string): string {
	return id.slice(0, MARK_LENGTH);
}
