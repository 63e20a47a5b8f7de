import { ENTITIES, type Entity, type EntityName, type Generation } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import { only, planParents, type Found } from '../../shared/core/parents';
import { RecordProblem } from '../../shared/core/problem';
import type { Named, SyncRecord } from '../../shared/core/record';
import type { Run } from '../helpers/run';
import { bySource, lookUp, preview } from './erpSync';
import { findByNumber } from './find';

/** Looks every parent up once for all records of a run. A parent that is not found exactly once is a problem of its record. */
export class ParentResolver {
	private external = new Map<EntityName, Map<string, string>>();
	private numbers = new Map<EntityName, Map<string, Found>>();
	/** Jobs that exist, although nothing tells their ID; why it could not be learned, where that was tried. */
	private readonly byErpSyncOnly = new Map<string, string | undefined>();

	constructor(
		private readonly run: Run,
		private readonly entity: Entity,
		private readonly generation: Generation,
	) {}

	/** @param own numbers and keys that are stored in this run, which come later by `add` */
	async prepare(records: readonly SyncRecord[], own: { isOwn: (named: Named, source: string) => boolean } = { isOwn: () => false }): Promise<void> {
		const asked = records.map((record) => ({ ...record, parents: record.parents.filter((named) => !own.isOwn(named, record.externalSource)) }));
		const plan = planParents(asked);
		for (const [name, keys] of plan.external) {
			const ids = await lookUp(this.run, name, [...keys.values()]);
			this.external.set(name, ids);
			// Some versions find no job at all by its key in the preview; then the preview of a part tells whether it exists.
			if (name === 'job' && this.entity.name === 'part' && ids.size === 0) await this.askForJobs([...keys.values()]);
		}
		for (const [name, numbers] of plan.numbers) this.numbers.set(name, await findByNumber(this.run, name, [...numbers]));
	}

	/** Asks for all of them in one call for each source, as a call resolves them under the source of its first part. */
	private async askForJobs(keys: ReadonlyArray<{ externalId: string; externalSource: string }>): Promise<void> {
		for (const group of bySource(keys.map((key) => ({ ...key, record: key })))) {
			const probes = group.map(({ externalId, externalSource }) => ({
				external_id: externalId,
				external_source: externalSource,
				part_number: '-',
				job_external_id: externalId,
			}));
			for (const [key, { status }] of await preview(this.run, ENTITIES.part, probes)) {
				if (status !== 'error') this.byErpSyncOnly.set(key, undefined);
			}
		}
	}

	/** Notes a record that was stored in this run. */
	add(record: SyncRecord, id: string): void {
		const { name, number } = this.entity;
		const ids = this.external.get(name) ?? new Map<string, string>();
		this.external.set(name, ids.set(keyOf(record.externalSource, record.externalId), id));
		const numbers = this.numbers.get(name) ?? new Map<string, Found>();
		const value = record.values[number];
		if (typeof value === 'string') this.numbers.set(name, numbers.set(value, { id }));
	}

	/** Keys of jobs that exist, although nothing tells their ID. */
	unknownJobs(): string[] {
		return [...this.byErpSyncOnly.keys()];
	}

	/** Notes why the ID of a job could not be learned. */
	notLearned(key: string, reason: string): void {
		this.byErpSyncOnly.set(key, reason);
	}

	learned(key: string, id: string): void {
		const ids = this.external.get('job') ?? new Map<string, string>();
		this.external.set('job', ids.set(key, id));
		this.byErpSyncOnly.delete(key);
	}

	/**
	 * @returns column → ID, or a field that the server resolves → external ID
	 * @throws RecordProblem
	 */
	of(record: SyncRecord): Record<string, string> {
		const parents: Record<string, string> = {};
		for (const named of record.parents) {
			const { reference, by, field, value } = named;
			const key = keyOf(record.externalSource, value);
			const id = by === 'externalId' ? this.external.get(reference.to)?.get(key) : undefined;
			if (by === 'id') parents[reference.column] = value;
			else if (by === 'number') parents[reference.column] = only(named, this.numbers.get(reference.to)?.get(value));
			else if (id !== undefined) parents[reference.column] = id;
			else if (this.generation === 'documented' && SERVER_RESOLVES.has(field)) parents[field] = value;
			else if (this.byErpSyncOnly.has(key)) {
				const reason = this.byErpSyncOnly.get(key);
				if (reason !== undefined) throw untold(named, reason);
				parents[field] = value;
			}
			else only(named, undefined);
		}
		return parents;
	}
}

function untold({ field, value }: Named, reason: string): RecordProblem {
	return new RecordProblem(
		`'${field}' is ${value}: Eryxon has this job, but its ID could not be found out: ${reason}`,
		"Name the job by 'job_number' or 'job_id'.",
		field,
	);
}

/** External references that the first generation resolves by itself. */
const SERVER_RESOLVES = new Set(['job_external_id', 'part_external_id']);
