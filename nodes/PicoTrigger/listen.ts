import type { ITriggerFunctions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { PicoFailure } from '../shared/api/failure';
import { deadline, elapsed } from '../shared/api/pause';
import { Feed, noAnswer } from '../shared/delivery/feed';
import { capabilitiesOf, insistOnStoredPosition, nodeIdsOf, Report } from '../shared/delivery/host';
import { PACE } from '../shared/delivery/pace';
import { Place, type PlaceOptions } from '../shared/delivery/place/place';
import { sourceOf, startCursor } from '../shared/delivery/place/rules';
import { forgetDeletedNodes, loadState } from '../shared/delivery/place/state';
import type { TriggerSettings } from '../shared/delivery/settings';

/** Before the id of the node in the keys of static data. */
const KEY_PREFIX = 'picoTrigger:';

/**
 * Starts the feed of an active workflow at its stored place, or at 'Start From' where none is stored.
 *
 * The place is kept in the workflow's global static data under the id of the node: n8n keys node static data by the
 * node's name, so that renaming the node would lose it.
 *
 * @throws PicoFailure when the trigger cannot start
 */
export async function listen(context: ITriggerFunctions, settings: TriggerSettings): Promise<Feed> {
	insistOnStoredPosition(context);
	const capabilities = capabilitiesOf(context);
	const report = new Report(context, capabilities);
	if (!capabilities.deduplicationKey) report.info('This n8n is older than 2.20: after a restart, the last batch runs again');
	const client = await PicoClient.of(context);
	const staticData = context.getWorkflowStaticData('global');
	const nodeIds = nodeIdsOf(context);
	if (nodeIds) forgetDeletedNodes(staticData, KEY_PREFIX, nodeIds);
	const key = `${KEY_PREFIX}${settings.owner.nodeId}`;

	const options: PlaceOptions = {
		source: sourceOf(client.endpoint, settings.kind),
		resetKey: settings.resetKey,
		lookbackMs: settings.lookbackMs,
	};
	// One limit for all that is asked. n8n (2.41) tries five times, whatever is thrown, with 15 s of waiting in between, and
	// after 84 s it shows a text of its own in the place of the cause.
	const startBy = elapsed() + PACE.startWithin;
	const loaded = loadState(staticData[key], options.source, settings.resetKey);
	if (loaded.kind === 'unreadable') {
		throw new PicoFailure('input', 'The stored position of this trigger cannot be read', {
			hint: `(${loaded.reason}) Starting over could lose events, so nothing was changed. Set 'Position Reset Key' under Options to any new value, and 'Start From' to the date from which to read.`,
		});
	}
	if (loaded.kind === 'other') report.warn(`Starts at 'Start From' because ${loaded.reason}`);
	const place =
		loaded.kind === 'state'
			? Place.restored(loaded.state, options)
			: Place.startingAt(await startCursor(settings.startFrom, async () => await serverNow(client, startBy)), options);

	const history = (loaded.kind === 'state' && loaded.state.runs) || undefined;
	const store: ConstructorParameters<typeof Feed>[0]['store'] = (runs) => {
		staticData[key] = place.toState(runs);
	};
	// n8n saves static data at the end of an activation: a start position must survive a restart before the first event.
	store(history);

	// At a restart of n8n nobody is there to read an activation error, and n8n (2.41) never activates a workflow again whose
	// activation failed then: its startup takes up only triggers that were active. So whatever fails is retried from within.
	const patient = loaded.kind === 'state' && ['init', 'leadershipChange'].includes(context.getActivationMode());
	const leastQueuedMs = settings.deliverNext === 'afterSuccess' ? PACE.queuedVerdict : PACE.queuedEnd;
	const feed = new Feed({ context, client, settings, place, report, store, history, leastQueuedMs, patient, startBy });
	await feed.start();
	return feed;
}

/** Nobody waits for long at a publish: a server that does not answer is an error of the activation. */
async function serverNow(client: PicoClient, startBy: number): Promise<string> {
	const limit = deadline(startBy - elapsed(), noAnswer());
	try {
		return await client.serverNow(limit.signal);
	} finally {
		limit.stop();
	}
}
