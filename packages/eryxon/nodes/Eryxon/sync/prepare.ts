import type { Entity } from '../../shared/core/entities';
import { roundsOf } from '../../shared/core/chunk';
import { hashOfSorted, keyOf } from '../../shared/core/identity';
import { ORDER } from '../../shared/core/entities';
import { RecordProblem } from '../../shared/core/problem';
import { mergeRecords, missingToCreate, payloadOf, type Named, type SyncRecord } from '../../shared/core/record';
import { EryxonFailure } from '../../shared/api/failure';
import { toFailure } from '../../shared/api/nodeError';
import { FieldReader } from '../helpers/fields';
import type { Run } from '../helpers/run';
import { learnJobs } from './learnJobs';
import { ParentResolver } from './resolve';

interface Entry {
	item: number;
	record: SyncRecord;
}

/** A record that is ready to be sent. */
export interface Ready extends Entry {
	payload: Record<string, unknown>;
	hash: string;
}

/** The records of a run: read, checked, in the order in which they can be stored. */
export interface Prepared {
	reader: FieldReader;
	/** Item → why its record cannot be sent. */
	problems: Map<number, unknown>;
	rounds: Entry[][];
	/** Item → the later item with the same key, which holds its values as well. */
	merged: Map<number, number>;
	/** Makes what is sent, with the parents that are known by now. Problems are noted. */
	ready(entry: Entry): Ready | undefined;
	resolver: ParentResolver;
	/** Fields that this version cannot store. */
	left: Set<string>;
}

export async function prepare(run: Run, entity: Entity): Promise<Prepared> {
	const reader = new FieldReader(run, entity, true);
	const problems = new Map<number, unknown>();
	const read: Entry[] = [];
	for (let item = 0; item < run.itemCount; item++) {
		try {
			read.push({ item, record: reader.read(item) });
		} catch (error) {
			problems.set(item, error);
		}
	}
	const { entries, merged } = lastOfEachKey(read);
	const generation = await run.generation();
	const own = new OwnRecords(entity, entries.map(({ record }) => record));
	const resolver = new ParentResolver(run, entity, generation);
	await resolver.prepare(entries.map(({ record }) => record), own);
	await learnJobs(run, entity, resolver, entries.map(({ record }) => record));

	const { rounds, circular } = roundsOf(
		entries.map(({ record }) => ({
			key: keyOf(record.externalSource, record.externalId),
			after: record.parents.flatMap((named) => own.keyFor(named, record.externalSource) ?? []),
		})),
	);
	for (const index of circular) {
		problems.set(
			entries[index].item,
			new RecordProblem(`The parents of '${entries[index].record.externalId}' include the part itself`, 'A part cannot be its own parent.'),
		);
	}
	const left = new Set<string>();
	const ready = (entry: Entry): Ready | undefined => {
		try {
			const made = payloadOf(entity, entry.record, resolver.of(entry.record), generation);
			for (const name of made.left) left.add(name);
			return { ...entry, payload: made.payload, hash: hashOfSorted(made.payload) };
		} catch (error) {
			problems.set(entry.item, withKey(error, entry.record));
			return undefined;
		}
	};
	return { reader, problems, rounds: rounds.map((round) => round.map((index) => entries[index])), merged, ready, resolver, left };
}

/** One record for each key: a later item changes what an earlier one says, as it would one by one. */
function lastOfEachKey(read: readonly Entry[]): { entries: Entry[]; merged: Map<number, number> } {
	const byKey = new Map<string, Entry[]>();
	for (const entry of read) {
		const key = keyOf(entry.record.externalSource, entry.record.externalId);
		const same = byKey.get(key);
		if (same) same.push(entry);
		else byKey.set(key, [entry]);
	}
	const merged = new Map<number, number>();
	const entries = [...byKey.values()].map((same) => {
		const { item } = same[same.length - 1];
		for (const earlier of same.slice(0, -1)) merged.set(earlier.item, item);
		return { item, record: same.map(({ record }) => record).reduce(mergeRecords) };
	});
	return { entries: entries.sort((a, b) => a.item - b.item), merged };
}

/** Parents that are records of the same run. */
class OwnRecords {
	private readonly keys = new Set<string>();
	private readonly numbers = new Map<string, string>();

	constructor(
		private readonly entity: Entity,
		records: readonly SyncRecord[],
	) {
		if (!entity.references.some(({ to }) => to === entity.name)) return;
		for (const { externalSource, externalId, values } of records) {
			const key = keyOf(externalSource, externalId);
			this.keys.add(key);
			this.numbers.set(String(values[entity.number] ?? ''), key);
		}
	}

	keyFor({ reference, by, value }: Named, source: string): string | undefined {
		if (reference.to !== this.entity.name) return undefined;
		if (by === 'number') return this.numbers.get(value);
		const key = keyOf(source, value);
		return by === 'externalId' && this.keys.has(key) ? key : undefined;
	}

	isOwn = (named: Named, source: string): boolean => this.keyFor(named, source) !== undefined;
}

/** The words in which a value is missed. */
const LACKS_A_VALUE = /null value|not-null|NOT_NULL|required/i;

/** Tells which record it was, and what a new record lacks. */
export function withKey(thrown: unknown, { externalId, externalSource }: SyncRecord, entity?: Entity, payload?: Record<string, unknown>): unknown {
	const failure = toFailure(thrown);
	if (!(failure instanceof EryxonFailure)) return failure;
	const missing = entity && payload && failure.kind === 'refused' && LACKS_A_VALUE.test(failure.message) ? missingToCreate(entity, payload) : [];
	const hint = missing.length > 0 ? `A new ${entity?.name} needs: ${missing.join(', ')}.` : failure.details.hint;
	return failure.with({
		...(hint ? { hint } : {}),
		facts: { ...failure.details.facts, external_id: externalId, external_source: externalSource },
	});
}

/** Notes beside the output: columns without a place, and children whose parents are missing. */
export function tellAbout(run: Run, entity: Entity, { reader, problems, left }: Prepared, ignored: readonly string[]): void {
	reader.tellUnknown(ignored);
	if (left.size > 0) run.warn(`Not sent, because this version of Eryxon does not store it: ${[...left].map((name) => `'${name}'`).join(', ')}`);
	const orphans = [...problems.values()].filter((problem) => problem instanceof Error && /Eryxon has no such/.test(problem.message)).length;
	if (orphans > 0) {
		run.warn(`${orphans} of ${run.itemCount} ${entity.plural} name a parent that Eryxon does not have (yet). Sync parents before their children: ${ORDER}.`);
	}
}
