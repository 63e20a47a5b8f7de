import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { Position } from '../shared/delivery/position';
import { loadState, type StoredState } from '../shared/delivery/state';
import type { PicoEvent } from '../shared/events/event';
import type { SeenWindow } from '../shared/events/window';

/** Ids of events delivered ahead of the cursor at most. */
const STORED_AHEAD = 300;
const MARK_LENGTH = 12;

export type StoredProgress = StoredState & { ahead: string[] };

/** What a stored progress belongs to; anything else stored is not used. */
export interface Source {
	/** Fingerprint of endpoint, event and filter. */
	fingerprint: string;
	resetToken: string;
	lookbackMs: number;
}

export type LoadedProgress =
	| { kind: 'none' }
	| { kind: 'progress'; progress: Progress }
	| { kind: 'other'; reason: string }
	| { kind: 'unreadable'; reason: string };

/**
 * How far the events of a trigger were delivered. The cursor stands where nothing is missing before; single events may
 * have been delivered ahead of it, while Pico could not be asked for those in between.
 */
export class Progress {
	private constructor(
		private readonly position: Position,
		private ahead: string[],
		private readonly seen: SeenWindow | undefined,
	) {}

	static at(cursor: string, source: Source, seen?: SeenWindow): Progress {
		return new Progress(Position.at(cursor, source.fingerprint, source.resetToken, source.lookbackMs), [], seen);
	}

	/** @param seen further delivered events */
	static load(raw: unknown, source: Source, seen?: SeenWindow): LoadedProgress {
		const loaded = loadState(raw, source.fingerprint, source.resetToken);
		if (loaded.kind !== 'state') return loaded;
		const { ahead } = raw as { ahead?: unknown };
		const ids = Array.isArray(ahead) ? ahead.filter((id): id is string => typeof id === 'string') : [];
		return { kind: 'progress', progress: new Progress(Position.from(loaded.state, source.lookbackMs), ids, seen) };
	}

	get cursor(): string {
		return this.position.acknowledged;
	}

	/** Where to read from so that ties, late commits and both readings of "after the cursor" are covered. */
	get resumeFrom(): string {
		return this.position.resumeFrom;
	}

	isDelivered(event: PicoEvent): boolean {
		return this.position.isDelivered(event) || this.ahead.includes(mark(event)) || this.seen?.has(event.id) === true;
	}

	isCorrection(event: PicoEvent): boolean {
		return this.position.isCorrection(event);
	}

	/** Everything up to this event is delivered. */
	acknowledge(event: PicoEvent): void {
		this.position.acknowledge([event]);
		this.ahead = this.ahead.filter((id) => id !== mark(event));
	}

	/** A delivered event came again: what was delivered ahead now has nothing missing before it. */
	seeAgain(event: PicoEvent): void {
		if (this.ahead.includes(mark(event))) this.acknowledge(event);
	}

	/** Moves over an event that nobody wants. */
	pass(event: PicoEvent): void {
		this.position.pass(event);
	}

	/** This event is delivered, but others before it may be missing. */
	acknowledgeAhead(event: PicoEvent): void {
		this.ahead = [...this.ahead, mark(event)].slice(-STORED_AHEAD);
	}

	toStored(): StoredProgress {
		return { ...this.position.toState(), ahead: [...this.ahead] };
	}
}

/** Kept in global static data under the id of the node, so that renaming the node does not lose it. */
export function readStored(context: IHookFunctions | IWebhookFunctions): unknown {
	return context.getWorkflowStaticData('global')[keyOf(context)];
}

/** n8n saves it after an activation, and after it started the run of a webhook call. */
export function store(context: IHookFunctions | IWebhookFunctions, progress: Progress): StoredProgress {
	const stored = progress.toStored();
	context.getWorkflowStaticData('global')[keyOf(context)] = stored;
	return stored;
}

function keyOf(context: IHookFunctions | IWebhookFunctions): string {
	return `picoWebhookTrigger:${context.getNode().id}`;
}

function mark({ id }: PicoEvent): string {
	return id.slice(0, MARK_LENGTH);
}
