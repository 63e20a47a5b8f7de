import { DateTime } from 'luxon';

import type { Row } from './answers';
import { sorted } from './identity';

/** Fields of what was sent that a stored row shows with another value; fields that the row does not show are left out. */
export function differingFields(sent: Record<string, unknown>, row: Row): string[] {
	return Object.keys(sent).filter((field) => field in row && !isSame(sent[field], row[field]));
}

function isSame(sent: unknown, stored: unknown): boolean {
	if (sent === null || sent === undefined || stored === null || stored === undefined) return (sent ?? null) === (stored ?? null);
	if (typeof sent === 'object' || typeof stored === 'object') return JSON.stringify(sorted(sent)) === JSON.stringify(sorted(stored));
	if (String(sent) === String(stored)) return true;
	if (typeof sent === 'number' || typeof stored === 'number') return Number(sent) === Number(stored);
	return isMoment(sent) && isMoment(stored) && momentOf(sent) === momentOf(stored);
}

/** A date comes back as a time with an offset. */
function isMoment(value: unknown): value is string {
	return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}([T ]|$)/.test(value);
}

function momentOf(text: string): number {
	return DateTime.fromISO(text.replace(' ', 'T'), { zone: 'utc' }).toMillis();
}
