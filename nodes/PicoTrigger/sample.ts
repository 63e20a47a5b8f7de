import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { replay } from '../shared/api/replay';
import { sampleStructure, structuresFor } from '../shared/delivery/attach';
import { matches, serverFilter } from '../shared/delivery/filter';
import { lagMs, toItems } from '../shared/delivery/item';
import type { TriggerSettings } from '../shared/delivery/settings';
import { toEvent, type PicoEvent } from '../shared/events/event';
import { minusMs } from '../shared/events/timestamp';

const HOUR = 3_600_000;
/** Looked through one after the other, so that a busy plant answers at once and a quiet one still finds something. */
const WINDOWS = [HOUR, 24 * HOUR, 30 * 24 * HOUR];
const ENOUGH_EVENTS = 2_000;
const IDLE_MS = 1_500;

/**
 * The items for an editor test run: the newest matching event that Pico still has, else a made-up one with
 * `sample: true`. Reads through a stream of its own, so the position of the active workflow is neither used nor moved.
 *
 * @throws PicoFailure when Pico cannot be reached or refuses the token
 */
export async function sampleItems(context: ITriggerFunctions, settings: TriggerSettings, signal: AbortSignal): Promise<INodeExecutionData[]> {
	const client = await PicoClient.of(context);
	const { kind } = settings;
	const event = await newestEvent(client, settings, signal);
	if (event) {
		const [extra] = settings.attachStructure ? await structuresFor(client, kind, [event], signal) : [];
		return toItems(settings, event, { attempt: 1, replayed: true, correction: false, lagMs: lagMs(event, Date.now()) }, extra);
	}
	const extra = settings.attachStructure ? sampleStructure() : {};
	return toItems(settings, toEvent(kind, kind.sample), { attempt: 1, replayed: false, correction: false, sample: true }, extra);
}

async function newestEvent(client: PicoClient, settings: TriggerSettings, signal: AbortSignal): Promise<PicoEvent | undefined> {
	const now = await client.serverNow(signal);
	const where = serverFilter(settings, await client.dialect(signal));
	for (const window of WINDOWS) {
		let newest: PicoEvent | undefined;
		let read = 0;
		for await (const events of replay(client, settings.kind, { from: minusMs(now, window), where, batchSize: 100, idleMs: IDLE_MS, signal })) {
			newest = events.filter((event) => matches(settings, event)).pop() ?? newest;
			read += events.length;
			if (read >= ENOUGH_EVENTS) break;
		}
		if (newest || signal.aborted) return newest;
	}
	return undefined;
}
