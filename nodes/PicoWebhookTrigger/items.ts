import type { INodeExecutionData } from 'n8n-workflow';

import type { PicoClient } from '../shared/api/client';
import { structuresFor } from '../shared/delivery/attach';
import { lagMs, toItems } from '../shared/delivery/item';
import type { CaughtUp } from './catchUp';
import type { WebhookSettings } from './settings';

const STRUCTURE_BUDGET_MS = 3_000;

/**
 * The items of one run.
 *
 * @param posted ids of the events that Pico sent by itself; the others were read back
 */
export async function itemsOf(
	client: PicoClient | undefined,
	settings: WebhookSettings,
	deliver: CaughtUp['deliver'],
	posted: ReadonlySet<string>,
): Promise<INodeExecutionData[]> {
	const events = deliver.map(({ event }) => event);
	const extras =
		settings.attachStructure && client
			? await structuresFor(client, settings.kind, events, AbortSignal.timeout(STRUCTURE_BUDGET_MS))
			: [];
	return deliver.flatMap(({ event, correction }, index) =>
		toItems(
			settings,
			event,
			{ attempt: 1, replayed: !posted.has(event.id), correction, lagMs: lagMs(event, Date.now()) },
			extras[index],
		),
	);
}
