import type { PicoEvent } from '../events/event';
import { compareTimestamps, fromNanos, minusMs, toNanos } from '../events/timestamp';
import { SeenWindow } from '../events/window';
import { STATE_VERSION, type StoredState } from './state';

/** Ids in stored state at most; with 24 bytes each that is under 20 KB. */
const STORED_MARKS = 800;
const STORED_SUBJECTS = 600;
/** Bytes for all three lists together, and what one entry of each takes as JSON. */
const STORED_BYTES = 31_400;
const ENTRY = { inFlight: 27, mark: 24, subject: 13 };
/** Characters of an id in stored state: 72 bits, so that a false match in a full window is one in 10^16. */
const MARK_LENGTH = 12;
const SUBJECT_LENGTH = 10;

export type InFlight = NonNullable<StoredState['inFlight']>;

/**
 * Where a trigger stands. The live copy is in memory; stored state is written from it, as a whole, right before each
 * `emit`. The cursor moves forward only, and only over events that were delivered or left out on purpose.
 */
export class Position {
	private readonly window: SeenWindow;
	private readonly subjects: string[] = [];
	private readonly knownSubjects = new Set<string>();
	private inFlight: InFlight | undefined;
	private cursor: string;
	/** Where the trigger first began. What lies before it was never wanted, so looking back ends there. */
	private start: string | undefined;

	private constructor(
		private readonly source: string,
		private readonly resetToken: string,
		private readonly lookbackMs: number,
		cursor: string,
	) {
		this.cursor = cursor;
		this.window = new SeenWindow(lookbackMs);
	}

	static at(cursor: string, source: string, resetToken: string, lookbackMs: number): Position {
		const position = new Position(source, resetToken, lookbackMs, cursor);
		position.start = cursor;
		return position;
	}

	static from(state: StoredState, lookbackMs: number): Position {
		const position = new Position(state.source, state.resetToken, lookbackMs, state.cursor);
		position.window.restore(state.seen, state.floor ?? undefined);
		for (const subject of state.subjects) position.note(subject);
		position.inFlight = state.inFlight ?? undefined;
		position.start = state.start ?? undefined;
		return position;
	}

	/** What was handed over before a restart and is not known to be done. */
	get unconfirmed(): InFlight | undefined {
		return this.inFlight;
	}

	get acknowledged(): string {
		return this.cursor;
	}

	/**
	 * Where to resume: a little before the cursor. Not earlier than the place where the trigger first began, nor than the
	 * last id that had to be dropped for want of room, since from there on back nothing tells new from old.
	 */
	get resumeFrom(): string {
		const { floor } = this.window;
		const dropped = floor === undefined ? undefined : fromNanos(BigInt(floor) * 1_000_000n);
		const from = [this.beginning, dropped].reduce<string>(later, minusMs(this.cursor, this.lookbackMs));
		return compareTimestamps(from, this.cursor) > 0 ? this.cursor : from;
	}

	/** A nanosecond before the start, as a server may read a cursor as "later than". */
	private get beginning(): string | undefined {
		const nanos = toNanos(this.start);
		return nanos === undefined ? undefined : fromNanos(nanos - 1n);
	}

	isDelivered(event: PicoEvent): boolean {
		return this.window.has(mark(event.id));
	}

	/** Whether the same ordered unit was delivered before with other content. */
	isCorrection(event: PicoEvent): boolean {
		return this.knownSubjects.has(event.subject.slice(0, SUBJECT_LENGTH));
	}

	/** Notes what is about to be handed over. Not yet stored: see `toState`. */
	handOver(inFlight: InFlight): void {
		this.inFlight = inFlight;
	}

	acknowledge(events: readonly PicoEvent[]): void {
		for (const event of events) {
			this.pass(event);
			this.note(event.subject.slice(0, SUBJECT_LENGTH));
		}
		this.inFlight = undefined;
	}

	/** Keeps the subjects that came last; the set is there since every event asks for one. */
	private note(subject: string): void {
		if (this.knownSubjects.has(subject)) this.subjects.splice(this.subjects.indexOf(subject), 1);
		this.subjects.push(subject);
		this.knownSubjects.add(subject);
		while (this.subjects.length > STORED_SUBJECTS) this.knownSubjects.delete(this.subjects.shift() ?? '');
	}

	/** Moves over an event that nobody wants (filtered out). */
	pass(event: PicoEvent): void {
		this.window.add(mark(event.id), event.cursor);
		if (compareTimestamps(event.cursor, this.cursor) > 0) this.cursor = event.cursor;
	}

	toState(): StoredState {
		// A large batch takes its room from the subjects first: without them only a correction is not told as one.
		const room = STORED_BYTES - (this.inFlight?.ids.length ?? 0) * ENTRY.inFlight;
		const { marks, floor } = this.window.marks(Math.min(STORED_MARKS, Math.floor(room / ENTRY.mark)));
		const subjects = Math.floor((room - marks.length * ENTRY.mark) / ENTRY.subject);
		return {
			v: STATE_VERSION,
			source: this.source,
			resetToken: this.resetToken,
			cursor: this.cursor,
			seen: marks,
			floor: floor ?? null,
			subjects: this.subjects.slice(Math.max(0, this.subjects.length - subjects)),
			inFlight: this.inFlight ?? null,
			...(this.isStartInSight ? { start: this.start } : {}),
		};
	}

	private get isStartInSight(): boolean {
		return this.start !== undefined && compareTimestamps(minusMs(this.cursor, this.lookbackMs), this.start) < 0;
	}
}

function later(a: string, b: string | undefined): string {
	return b !== undefined && compareTimestamps(b, a) > 0 ? b : a;
}

function mark(id: string): string {
	return id.slice(0, MARK_LENGTH);
}
