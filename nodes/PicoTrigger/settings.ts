import { DateTime } from 'luxon';
import { NodeOperationError, type IDataObject, type ITriggerFunctions } from 'n8n-workflow';

import { readChoice, whole } from '../shared/delivery/choice';
import { PACE } from '../shared/delivery/pace';
import type { AfterLastAttempt, AfterRestart, DeliverNext, StartFrom, TriggerSettings } from '../shared/delivery/settings';
import { hasOffset, toMs } from '../shared/events/timestamp';

const SECOND = 1_000;
const MINUTE = 60_000;
const DEFAULT_OUTAGE_PATIENCE_MIN = 240;
const LONGEST_OUTAGE_PATIENCE_MIN = 10_080;
const DEFAULT_RUN_TIMEOUT_S = 3_600;

/**
 * Reads every parameter of the trigger, once, while it starts: n8n 2.35 and newer evaluate no expressions for a trigger
 * that runs in the background.
 */
export function readSettings(context: ITriggerFunctions): TriggerSettings {
	const read = (name: string, fallback: unknown) => context.getNodeParameter(name, fallback);
	const options = read('options', {}) as IDataObject;
	const deliverNext = read('deliverNext', 'afterFinish') as DeliverNext;
	const retries = deliverNext === 'afterSuccess';
	return {
		...readChoice(context),
		startFrom: readStart(context, String(read('startFrom', 'new')), String(read('startDate', ''))),
		deliverNext,
		transport: options.connection === 'webSocket' ? 'webSocket' : 'sse',
		eventsPerRun: whole(context, 'Events per Run', options.eventsPerRun ?? 1, 1, 500),
		attempts: whole(context, 'Attempts', options.attempts ?? 3, 1, 100),
		afterLastAttempt: (options.afterLastAttempt ?? 'recordFailure') as AfterLastAttempt,
		outagePatienceMs: retries ? outagePatience(context, options) * MINUTE : 0,
		// Who asks for repeats until a run succeeds wants the event; who does not may not stand a second run.
		afterRestart: (options.afterRestart ?? (retries ? 'again' : 'skip')) as AfterRestart,
		silenceMs: whole(context, 'Connection Timeout (Seconds)', options.connectionTimeout ?? 90, 0, 86_400) * SECOND,
		runTimeoutMs: runTimeout(context),
	};
}

/** Clocks differ a little; a date further ahead is a slip that would silence the trigger until then. */
const AHEAD_MS = 60 * SECOND;

function readStart(context: ITriggerFunctions, from: string, date: string): StartFrom {
	if (from !== 'date') return { from: from === 'earliest' ? 'earliest' : 'new' };
	// The date field of the editor has no time zone: it means the time zone of the workflow.
	const local = DateTime.fromISO(date.trim().replace(' ', 'T'), { zone: context.getTimezone() });
	const start = !hasOffset(date) && local.isValid ? local.toUTC().toISO() : date;
	const ms = toMs(start);
	const refuse = (message: string) =>
		new NodeOperationError(context.getNode(), message, {
			description: 'Choose a date in the past, or enter one such as 2026-01-31T06:00:00Z.',
		});
	if (ms === undefined) throw refuse("'Start Date' is not a date");
	if (ms > Date.now() + AHEAD_MS) throw refuse("'Start Date' is in the future");
	return { from: 'date', date: start };
}

function outagePatience(context: ITriggerFunctions, { outagePatience: minutes }: IDataObject): number {
	return whole(context, 'Outage Patience (Minutes)', minutes ?? DEFAULT_OUTAGE_PATIENCE_MIN, 0, LONGEST_OUTAGE_PATIENCE_MIN);
}

/** A run cannot last longer than the workflow's own time-out; without one, an hour without word is taken as its end. */
function runTimeout(context: ITriggerFunctions): number {
	const { executionTimeout } = context.getWorkflowSettings?.() ?? {};
	const seconds = executionTimeout && executionTimeout > 0 ? executionTimeout + PACE.runGrace / SECOND : DEFAULT_RUN_TIMEOUT_S;
	return seconds * SECOND;
}
