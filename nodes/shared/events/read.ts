/** Careful reading of rows whose shape no schema guarantees. */
import type { Row } from './types';

export function asObject(value: unknown): Row | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
}

/** The objects of a list; nulls and other values are dropped. A single object counts as a list of one. */
export function asObjects(value: unknown): Row[] {
	const list = Array.isArray(value) ? value : [value];
	return list.map(asObject).filter((item): item is Row => item !== undefined);
}

/** Text, or `null`: numbers and booleans are written out, everything else is not text. */
export function asText(value: unknown): string | null {
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

export function asNumber(value: unknown): number | null {
	if (typeof value === 'number') return Number.isFinite(value) ? value : null;
	if (typeof value !== 'string' || value.trim() === '') return null;
	const number = Number(value);
	return Number.isFinite(number) ? number : null;
}

/** No event of a plant is nested so deeply, and n8n copies and compares items by functions that recurse. */
export const MOST_LEVELS = 100;
/** What JSON can be written of for certain: `JSON.stringify` recurses, and fails at a depth that depends on its caller. */
const MOST_JSON_LEVELS = 1_000;

/** Whether a value is nested deeper than `levels`. */
export function isDeeperThan(levels: number, value: unknown): boolean {
	let level = nestedIn([value]);
	for (let depth = 0; level.length > 0; depth++) {
		if (depth === levels) return true;
		level = nestedIn(level.flatMap((entry) => Object.values(entry) as unknown[]));
	}
	return false;
}

/** JSON of any value; of one that is nested too deeply for that, only the upper levels. */
export function jsonText(value: unknown, indent?: number): string {
	const whole = isDeeperThan(MOST_JSON_LEVELS, value) ? upperLevels(value) : value;
	return JSON.stringify(whole, null, indent) ?? String(whole);
}

/** A copy of the upper levels. */
export function upperLevels(value: unknown, levels = MOST_LEVELS): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (levels === 0) return '… (nested deeper)';
	if (Array.isArray(value)) return value.map((entry) => upperLevels(entry, levels - 1));
	return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, upperLevels(entry, levels - 1)]));
}

function nestedIn(values: readonly unknown[]): object[] {
	return values.filter((value): value is object => typeof value === 'object' && value !== null);
}

/** The value at a path such as `operation.id`; `undefined` where a step is missing. */
export function at(row: Row, path: string): unknown {
	let value: unknown = row;
	for (const step of path.split('.')) value = asObject(value)?.[step];
	return value;
}
