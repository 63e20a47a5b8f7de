import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { errorSaying } from '../api/nodeError';
import { toEvent, type PicoEvent } from '../events/event';
import { textId } from '../events/identity';
import { asObject, asText, isDeeperThan, jsonText, MOST_LEVELS } from '../events/read';
import type { EventKind, Row } from '../events/types';
import { matches } from './filter';
import { toItems } from './item';
import type { EventChoice } from './settings';

/** An event, or what came in the place of one. */
export interface Arrival extends PicoEvent {
	/** Why it cannot be used, as a sentence, and what came. */
	problem?: { reason: string; row: string };
}

const LONGEST_TEXT = 65_536;
/** What stands above the row in a failed execution. */
export const CONTINUES = 'No run was started for it. Later events are delivered as usual. This is what came:';
/** Field of the one item of a run that is to fail. */
const UNUSABLE = '_picoUnusable';

/**
 * Makes sure that a row can be identified, filtered and made into items. Whatever goes wrong with it, whether by its
 * content or by a mistake of this package, it is that row's own fate and nobody else's.
 */
export function readRow(settings: EventChoice, row: Row): Arrival {
	try {
		if (isDeeperThan(MOST_LEVELS, row)) return unreadable(settings.kind, row, 'An event from Pico is nested too deeply');
		const event = toEvent(settings.kind, row);
		matches(settings, event);
		if (event.id && event.subject) toItems(settings, event, { attempt: 1, replayed: false, correction: false });
		return event;
	} catch (error) {
		return unreadable(settings.kind, row, `An event from Pico could not be processed (${error instanceof Error ? error.message : String(error)})`);
	}
}

/**
 * @param content the row, or the text of a message that has none
 * @param reason a sentence
 */
export function unreadable(kind: EventKind, content: unknown, reason: string): Arrival {
	const row = typeof content === 'string' ? content : jsonText(content, 2);
	const id = textId(row);
	const cursor = asText(asObject(content)?.[kind.cursorField]) ?? '';
	return { id, subject: id, cursor, row: {}, problem: { reason, row: row.slice(0, LONGEST_TEXT) } };
}

/** The item of a run that `failIfUnusable` makes a failed execution: the only way by which a webhook call can leave one. */
export function unusableItem({ problem }: Arrival): INodeExecutionData {
	return { json: { [UNUSABLE]: { ...problem } } };
}

/**
 * What n8n runs for the trigger itself, at the start of each run.
 *
 * @throws NodeOperationError that shows the row, for one that could not be used
 */
export function failIfUnusable(context: IExecuteFunctions): INodeExecutionData[][] {
	const items = context.getInputData();
	const problem = items[0]?.json[UNUSABLE] as Arrival['problem'];
	if (!problem) return [items];
	throw errorSaying(context.getNode(), problem.reason, `${CONTINUES}\n\n${problem.row}`);
}
