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

/** Whether a value is nested deeper than `levels`: functions that recurse, n8n's own among them, fail on such values. */
export function isDeeperThan(levels: number, value: unknown): boolean {
	let level: unknown[] = [value];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > levels) return true;
		level = level.flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : [])).filter((entry) => typeof entry === 'object' && entry !== null);
	}
	return false;
}

/** JSON of any value; of one that is nested too deeply for `JSON.stringify`, which recurses, only the upper levels. */
export function jsonText(value: unknown, indent?: number): string {
	try {
		return JSON.stringify(value, null, indent) ?? String(value);
	} catch {
		return JSON.stringify(upperLevels(value, 5), null, indent);
	}
}

function upperLevels(value: unknown, levels: number): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (levels === 0) return '… (nested deeper)';
	if (Array.isArray(value)) return value.map((entry) => upperLevels(entry, levels - 1));
	return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, upperLevels(entry, levels - 1)]));
}

/** The value at a path such as `operation.id`; `undefined` where a step is missing. */
export function at(row: Row, path: string): unknown {
	let value: unknown = row;
	for (const step of path.split('.')) value = asObject(value)?.[step];
	return value;
}
