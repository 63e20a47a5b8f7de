import type { ITriggerFunctions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { PicoFailure } from '../shared/api/failure';
import { deadline } from '../shared/api/pause';
import { capabilitiesOf } from '../shared/delivery/capabilities';
import { Feed, noAnswer } from '../shared/delivery/feed';
import { PACE } from '../shared/delivery/pace';
import { RunPatience } from '../shared/delivery/patience';
import { Position } from '../shared/delivery/position';
import { Report } from '../shared/delivery/report';
import type { TriggerSettings } from '../shared/delivery/settings';
import { loadState, sourceFingerprint } from '../shared/delivery/state';
import { insistOnStoredPosition } from '../shared/delivery/storable';

const EARLIEST = '1970-01-01T00:00:00.000Z';

/**
 * Starts the feed of an active workflow at its stored position, or at 'Start From' where none is stored.
 *
 * The position is kept in the workflow's global static data under the id of the node: n8n keys node static data by the
 * node's name, so that renaming the node would lose it.
 *
 * @throws PicoFailure when the trigger cannot start
 */
export async function listen(context: ITriggerFunctions, settings: TriggerSettings): Promise<Feed> {
	insistOnStoredPosition(context);
	const capabilities = capabilitiesOf(context);
	const report = new Report(context, capabilities);
	if (!capabilities.deduplicationKey) report.info('This n8n is older than 2.20: the last batch before a restart is started again');
	const client = await PicoClient.of(context);
	const staticData = context.getWorkflowStaticData('global');
	const key = `picoTrigger:${settings.owner.nodeId}`;

	const source = sourceFingerprint(client.endpoint, settings);
	const loaded = loadState(staticData[key], source, settings.resetToken);
	if (loaded.kind === 'unreadable') {
		throw new PicoFailure('input', 'The stored position of this trigger cannot be read', {
			hint: `(${loaded.reason}) Starting anew could lose events, so nothing was changed. Set 'Reset Token' under Options to any new value, and 'Start From' to the date from which to read.`,
		});
	}
	if (loaded.kind === 'other') report.warn(`Starting anew, since ${loaded.reason}`);
	const position =
		loaded.kind === 'state'
			? Position.from(loaded.state, settings.lookbackMs)
			: Position.at(await startCursor(client, settings), source, settings.resetToken, settings.lookbackMs);

	const history = (loaded.kind === 'state' && loaded.state.runs) || undefined;
	const patience = new RunPatience(settings.runTimeoutMs, history, settings.moveOn === 'succeeded' ? PACE.queuedVerdict : PACE.queuedEnd);
	const store = () => {
		staticData[key] = { ...position.toState(), runs: patience.history ?? null };
	};
	// n8n saves static data at the end of an activation: a start position must survive a restart before the first event.
	store();

	// At a restart of n8n nobody is there to read an activation error, and n8n (2.41) never activates a workflow again whose
	// activation failed then: its startup takes up only triggers that were active. So whatever fails is retried from within.
	const patient = loaded.kind === 'state' && ['init', 'leadershipChange'].includes(context.getActivationMode());
	const feed = new Feed({ context, client, settings, position, report, store, patience, patient });
	await feed.start();
	return feed;
}

async function startCursor(client: PicoClient, { startFrom }: TriggerSettings): Promise<string> {
	if (startFrom.from === 'date') return startFrom.date;
	if (startFrom.from === 'earliest') return EARLIEST;
	const limit = deadline(PACE.startWithin, noAnswer());
	try {
		return await client.serverNow(limit.signal);
	} finally {
		limit.stop();
	}
}
