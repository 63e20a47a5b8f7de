import { ENTITIES, type Entity, type EntityName, type Generation } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import { only, planParents, type Found } from '../../shared/core/parents';
import type { Named, SyncRecord } from '../../shared/core/record';
import type { Run } from '../helpers/run';
import { lookUp, preview } from './erpSync';
import { findByNumber } from './find';

/** Parents of a record, as they are sent. */
export interface Parents {
	/** Column → ID, or a field that the server resolves → external ID. */
	values: Record<string, string>;
	/** Only the ERP sync of this server can find the job. */
	viaErpSync: boolean;
}

/** Looks every parent up once for all records of a run. A parent that is not found exactly once is a problem of its record. */
export class ParentResolver {
	private external = new Map<EntityName, Map<string, string>>();
	private numbers = new Map<EntityName, Map<string, Found>>();
	/** Keys of jobs that exist, although nothing tells their ID. */
	private byErpSyncOnly = new Set<string>();

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
			const missing = [...keys].filter(([key]) => !ids.has(key));
			// Some versions find no job at all by its key in the preview; then the preview of a part tells whether it exists.
			if (name === 'job' && this.entity.name === 'part' && ids.size === 0) {
				for (const [key, { externalId, externalSource }] of missing) await this.askForJob(key, externalId, externalSource);
			}
		}
		for (const [name, numbers] of plan.numbers) this.numbers.set(name, await findByNumber(this.run, name, [...numbers]));
	}

	private async askForJob(key: string, externalId: string, externalSource: string): Promise<void> {
		const probe = { external_id: externalId, external_source: externalSource, part_number: '-', job_external_id: externalId };
		const [answer] = (await preview(this.run, ENTITIES.part, [probe])).values();
		if (answer && answer.status !== 'error') this.byErpSyncOnly.add(key);
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

	/** @throws RecordProblem */
	of(record: SyncRecord): Parents {
		const parents: Parents = { values: {}, viaErpSync: false };
		for (const named of record.parents) {
			const { reference, by, field, value } = named;
			const key = keyOf(record.externalSource, value);
			const id = by === 'externalId' ? this.external.get(reference.to)?.get(key) : undefined;
			if (by === 'id') parents.values[reference.column] = value;
			else if (by === 'number') parents.values[reference.column] = only(named, this.numbers.get(reference.to)?.get(value));
			else if (id !== undefined) parents.values[reference.column] = id;
			else if (this.generation === 'documented' && SERVER_RESOLVES.has(field)) parents.values[field] = value;
			else if (this.byErpSyncOnly.has(key)) {
				parents.values[field] = value;
				parents.viaErpSync = true;
			} else only(named, undefined);
		}
		return parents;
	}
}

/** External references that the first generation resolves by itself. */
const SERVER_RESOLVES = new Set(['job_external_id', 'part_external_id']);
