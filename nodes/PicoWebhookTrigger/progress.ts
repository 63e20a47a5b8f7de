import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { Place, type PlaceOptions } from '../shared/delivery/place/place';
import { loadState, type StoredState } from '../shared/delivery/place/state';
import type { PicoEvent } from '../shared/events/event';
import type { SeenWindow } from '../shared/events/window';

export type StoredProgress = StoredState;
export type Source = PlaceOptions;

export type LoadedProgress =
	| { kind: 'none' }
	| { kind: 'progress'; progress: Progress }
	| { kind: 'other'; reason: string }
	| { kind: 'unreadable'; reason: string };

/** How far the events of a trigger were delivered. */
export class Progress {
	private constructor(
		private readonly place: Place,
		private readonly seen: SeenWindow | undefined,
	) {}

	static at(cursor: string, source: Source, seen?: SeenWindow): Progress {
		return new Progress(Place.startingAt(cursor, source), seen);
	}

	/** @param seen further delivered events */
	static load(raw: unknown, source: Source, seen?: SeenWindow): LoadedProgress {
		const loaded = loadState(raw, source.source, source.resetKey);
		if (loaded.kind !== 'state') return loaded;
		return { kind: 'progress', progress: new Progress(Place.restored(loaded.state, source), seen) };
	}

	get cursor(): string {
		return this.place.cursor;
	}

	get resumeFrom(): string {
		return this.place.resumeFrom;
	}

	isDelivered(event: PicoEvent): boolean {
		return this.place.isDelivered(event) || this.seen?.has(event.id) === true;
	}

	isCorrection(event: PicoEvent): boolean {
		return this.place.isCorrection(event);
	}

	acknowledge(event: PicoEvent): void {
		this.place.acknowledge([event]);
	}

	seeAgain(event: PicoEvent): void {
		this.place.leaveOut(event);
	}

	pass(event: PicoEvent): void {
		this.place.leaveOut(event);
	}

	acknowledgeAhead(event: PicoEvent): void {
		this.place.acknowledgeAhead(event);
	}

	toStored(): StoredProgress {
		return this.place.toState();
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
