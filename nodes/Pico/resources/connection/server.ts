import type { Dialect } from '../../../shared/api/dialect/dialect';
import { PicoFailure } from '../../../shared/api/failure';
import { listWebhooks } from '../../../shared/api/webhooks';
import { EVENT_KINDS } from '../../../shared/events/kinds';
import type { SelectedField } from '../../../shared/events/selection';
import { failed, LIMITS, ok, warning, type Finding, type Line } from './finding';
import { answered } from './reach';

/** What this server calls differently, or lacks. With introspection off: as far as it told. */
export function names(dialect: Dialect): Finding {
	const differ: string[] = [];
	const compare = (type: string, fields: readonly SelectedField[]) => {
		for (const { name, legacy, type: inner, fields: more, insteadOf } of fields) {
			if (insteadOf) continue;
			if (dialect.has(type, name) === false) differ.push(`${type}.${name}${legacy && dialect.has(type, legacy) !== false ? ` (here ${legacy})` : ''}`);
			else if (more) compare(inner ?? name, more);
		}
	};
	for (const { typeName, selection, streamField } of EVENT_KINDS) {
		if (dialect.has('Subscription', streamField) === false) differ.push(`Subscription.${streamField}`);
		else compare(typeName, selection);
	}
	for (const [field, legacy] of [['orderIndex', 'operationIndex'], ['selectOptionalOperationIds', 'selectGroupOperations']]) {
		const has = (name: string) => dialect.hasFilter('Mutation', 'operationOrderSave', 'input', [name]);
		if (has(field) === false) differ.push(`operationOrderSave.${field}${has(legacy) === true ? ` (here ${legacy})` : ''}`);
	}
	const check = 'Names';
	if (differ.length === 0) return ok(check, 'This server uses the current names.', { differ });
	return ok(check, `This server is older or newer than Pico's documentation: it lacks ${differ.join(', ')}. The nodes use what it has, and always return the current names.`, { differ });
}

export async function webhooks(line: Line): Promise<Finding> {
	const check = 'Webhooks';
	const outcome = await answered(line, async (signal) => await listWebhooks(line.client, signal));
	if ('failure' in outcome) {
		const { meaning, details } = failed(check, outcome.failure);
		return warning(check, meaning, 'Use the Pico MES Trigger, which needs no webhooks.', details);
	}
	const list = outcome.value;
	const ofN8n = list.filter(({ subscriptionId }) => subscriptionId?.startsWith('n8n-')).length;
	return ok(check, `Pico lists its webhooks: ${list.length}, of which ${ofN8n} belong to n8n.`, { webhooks: list.length, ofN8n });
}

/** @param date `Date` header of an answer, which has whole seconds */
export function clock(date: string | undefined, ownMs: number): Finding {
	const check = 'Clock';
	const ms = Date.parse(date ?? '');
	if (Number.isNaN(ms)) {
		const meaning = 'Pico does not tell its time (no Date header), so the nodes go by the clock of n8n.';
		return warning(check, meaning, 'Make sure that the clocks of n8n and of Pico are set by the same time server.', { differenceSeconds: null });
	}
	const seconds = Math.round((ms + 500 - ownMs) / 1000);
	const details = { differenceSeconds: seconds };
	if (Math.abs(seconds) * 1000 <= LIMITS.clock) return ok(check, 'The clocks of Pico and n8n agree.', details);
	const size = Math.abs(seconds) < 120 ? `${Math.abs(seconds)} s` : `${Math.round(Math.abs(seconds) / 60)} minutes`;
	const meaning = `The clock of Pico is ${size} ${seconds > 0 ? 'ahead of' : 'behind'} that of n8n. The triggers go by Pico's clock and lose nothing, but times of events and of executions do not match.`;
	return warning(check, meaning, 'Set both clocks by the same time server (NTP). Check Pico first if the time of its newest event looks wrong.', details);
}

/** What shows of a proxy: what it does to streams, and the headers by which some name themselves. */
export function proxy(headers: Readonly<Record<string, string>>, heldBack: boolean): Finding {
	const check = 'Proxy';
	const traces = ['via', 'x-cache', 'cf-ray', 'x-amz-cf-id', 'x-azure-ref', 'x-served-by'].filter((name) => name in headers);
	const details = { headers: traces, server: headers.server?.slice(0, 60) ?? null };
	if (heldBack) {
		const failure = new PicoFailure('notGraphql', 'Streams do not get through, although Pico answers questions', { hint: 'See the checks of the streams.' });
		return { ...failed(check, failure), details };
	}
	if (traces.length > 0) return ok(check, `A proxy stands between n8n and Pico (${traces.join(', ')}) and lets the streams through.`, details);
	return ok(check, 'No proxy shows itself. One that leaves no trace lets the streams through.', details);
}
