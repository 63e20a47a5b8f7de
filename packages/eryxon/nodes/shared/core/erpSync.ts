import type { EntityName } from './entities';

/** Fields that the ERP sync stores, of new records and of known ones; it drops all others, and yet hashes them. */
const STORED: Partial<Record<EntityName, readonly string[]>> = {
	job: ['job_number', 'customer', 'due_date', 'notes', 'metadata'],
	part: ['job_id', 'job_external_id', 'part_number', 'material', 'quantity', 'notes', 'metadata'],
	resource: ['name', 'type', 'description', 'identifier', 'location', 'status', 'metadata', 'active'],
};

/** In the place of these it puts a default of its own when they are missing. */
const FILLED: Partial<Record<EntityName, readonly string[]>> = {
	part: ['material', 'quantity'],
	resource: ['status', 'active'],
};

/** These are not cleared by an empty value. */
const NOT_CLEARED: Partial<Record<EntityName, readonly string[]>> = {
	job: ['notes'],
	part: ['material', 'quantity'],
	resource: ['status', 'active'],
};

const KEY = ['external_id', 'external_source'];

/**
 * Whether the ERP sync stores all of a record and nothing beside it. It has a fixed list of fields, overwrites what a
 * record lacks with "Unknown", 1 or "available", and leaves the status of jobs and parts as it is.
 */
export function isStoredWhole(name: EntityName, payload: Record<string, unknown>): boolean {
	const stored = [...(STORED[name] ?? []), ...KEY];
	const cleared = NOT_CLEARED[name] ?? [];
	return (
		Object.entries(payload).every(([field, value]) => stored.includes(field) && (value !== null || !cleared.includes(field))) &&
		(FILLED[name] ?? []).every((field) => payload[field] !== undefined)
	);
}

/** The part of a record that the ERP sync stores. */
export function storedPart(name: EntityName, payload: Record<string, unknown>): Record<string, unknown> {
	const stored = [...(STORED[name] ?? []), ...KEY];
	return Object.fromEntries(Object.entries(payload).filter(([field, value]) => stored.includes(field) && value !== null));
}
