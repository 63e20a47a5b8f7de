import type { IDataObject } from 'n8n-workflow';

import type { Where } from '../../shared/api/documents/reads';
import { replay } from '../../shared/api/replay';
import { parseReason } from '../../shared/api/result';
import type { PicoEvent } from '../../shared/events/event';
import { isPerSerial } from '../../shared/events/lines';
import { eventShaper } from '../../shared/events/shape';
import { compareTimestamps } from '../../shared/events/timestamp';
import type { EventKind } from '../../shared/events/types';
import { readOutput } from './output';
import { option, refuse, timestamp, wholeNumber } from './parameters';
import { BATCH } from './replayDescription';
import { readLimit } from './returnAll';
import type { Run } from './run';

/** A condition on events: how a server that can filter is asked, and the test that holds in any case. */
export interface Condition {
	/** Path into `where`, operator last, for example `['operation', 'id', '_eq']`. */
	path: readonly string[];
	value: string;
	holds(event: PicoEvent): boolean;
}

/** Reads past events through the stream of Pico; no trigger's position is touched. */
export async function replayEvents(
	run: Run,
	item: number,
	kind: EventKind,
	conditions: readonly Condition[],
): Promise<IDataObject[]> {
	const from = timestamp(run, run.parameter('from', item, ''), 'From');
	if (from === undefined) throw refuse('From', 'is empty', 'Enter the time from which to read.');
	const to = timestamp(run, run.parameter('to', item, ''), 'To');
	if (to !== undefined && compareTimestamps(to, from) < 0) throw refuse('To', "is before 'From'", 'Swap the two, or leave it empty.');
	const limit = readLimit(run, item);
	const output = readOutput(run, item);
	const batchSize = wholeNumber(option(run, item, 'options.batchSize') ?? BATCH, 'Batch Size', { min: 1, max: 100_000 });
	const idleMs = Math.max(200, Number(option(run, item, 'options.idleTimeout') ?? 3) * 1000 || 0);
	const toItems = eventShaper(kind, output, isPerSerial(kind, option(run, item, 'options.itemPer')));

	const unreadable: string[] = [];
	const where = await knownConditions(run, kind, conditions);
	const events = replay(run.client, kind, {
		from,
		to,
		idleMs,
		where,
		batchSize: Math.min(batchSize, limit),
		fields: output.fields,
		signal: run.signal,
		onUnreadable: (reason) => unreadable.push(reason),
	});
	const items: IDataObject[] = [];
	let found = 0;
	for await (const batch of events) {
		for (const event of batch) {
			try {
				// The limit counts events: none is cut in half.
				if (found >= limit || !conditions.every((condition) => condition.holds(event))) continue;
				items.push(...(toItems(event) as IDataObject[]));
				found++;
			} catch (error) {
				unreadable.push(`the event of ${event.cursor}: ${parseReason(error)}`);
			}
		}
		if (found >= limit) break;
	}
	if (unreadable.length > 0) run.warn(`Events that could not be read and were skipped: ${unreadable.length} (${unreadable[0]})`);
	return items;
}

/** Only what the server says it can filter by: a stream with an unknown filter would be refused as a whole. */
async function knownConditions(run: Run, kind: EventKind, conditions: readonly Condition[]): Promise<Where | undefined> {
	const dialect = await run.client.dialect(run.signal);
	const where: Record<string, unknown> = {};
	for (const { path, value } of conditions) {
		if (dialect.hasFilter('Subscription', kind.streamField, 'where', path) === true) put(where, path, value);
	}
	return Object.keys(where).length > 0 ? (where as Where) : undefined;
}

function put(target: Record<string, unknown>, [step, ...rest]: readonly string[], value: string): void {
	if (rest.length === 0) target[step] = value;
	else put((target[step] ??= {}) as Record<string, unknown>, rest, value);
}
