import type { IDataObject } from 'n8n-workflow';

import { asFailure, endsEverything, EryxonFailure } from '../../shared/api/failure';
import { lacksSync, noteLacksSync, saysSyncIsLacking } from '../../shared/api/generation';
import { readRow, type Row } from '../../shared/core/answers';
import type { Entity } from '../../shared/core/entities';
import { differingFields } from '../../shared/core/compare';
import { keyOf } from '../../shared/core/identity';
import type { Run } from '../helpers/run';
import { Slots } from '../helpers/slots';
import type { Ready } from './prepare';
import type { Settled } from './settle';
import { storeOne } from './storeOne';

/** Calls under way at once. */
const AT_ONCE = 5;
/** With more parents than that, the whole list is read. */
const FEW_PARENTS = 20;
/** Most records that are asked whose they are, for one that has another name in Eryxon. */
const MOST_ASKED = 50;

/** Where the results go. */
export interface Sink {
	stored: (ready: Ready, settled: Settled & { kind: 'stored' }) => void;
	failed: (ready: Ready, failure: EryxonFailure) => void;
}

/**
 * Whether the server has no sync for this kind of record. Up to 0.9 the tables of cells, operations and resources lack a
 * column that every sync writes. Where nothing is known, the sync of one record tells, which then is done or refused.
 */
export async function lacksSyncOf(run: Run, entity: Entity, ready: Ready): Promise<{ lacks: boolean; first?: Settled }> {
	const generation = await run.generation();
	const mayLack = generation === 'generic' ? ['cell', 'operation', 'resource'] : generation === 'documented' ? ['resource'] : [];
	if (!mayLack.includes(entity.name)) return { lacks: false };
	const known = lacksSync(run.client, entity.name);
	if (known !== undefined) return { lacks: known };
	try {
		const { id, action } = await storeOne(run, entity, ready);
		noteLacksSync(run.client, entity.name, false);
		return { lacks: false, first: { kind: 'stored', action, id, confirmedBy: 'answer' } };
	} catch (error) {
		const failure = asFailure(error);
		if (!saysSyncIsLacking(failure.message)) return { lacks: false, first: { kind: 'failed', failure } };
		noteLacksSync(run.client, entity.name, true);
		return { lacks: true };
	}
}

/**
 * Stores records where there is no sync: a record that Eryxon does not have is created, one that it has is changed, each
 * by a call of its own. Lists show no external keys but those of resources, so a record that may be the one is asked
 * whose it is: a change of nothing answers with the whole row. The answer of each write is compared with what was sent.
 */
export async function storeWithoutSync(run: Run, entity: Entity, records: readonly Ready[], sink: Sink): Promise<void> {
	if (records.length === 0) return;
	const way = new WayRound(run, entity);
	let ended: EryxonFailure | undefined;
	try {
		await way.read(records);
	} catch (error) {
		const failure = asFailure(error);
		const refused = new EryxonFailure(failure.kind, `This version of Eryxon cannot sync ${entity.plural}, and they cannot be stored another way, since their list cannot be read: ${failure.message}`, failure.details);
		for (const ready of records) sink.failed(ready, refused);
		return;
	}
	const slots = new Slots(AT_ONCE);
	const storeNext = async (ready: Ready) => {
		if (ended || run.signal?.aborted) {
			const why = ended ?? new EryxonFailure('aborted', 'The execution was canceled');
			sink.failed(ready, new EryxonFailure(why.kind, `Not sent: ${why.message}`, { ...why.details, facts: { sent: false } }));
			return;
		}
		try {
			sink.stored(ready, await way.store(ready));
		} catch (error) {
			const failure = asFailure(error);
			// A column that is missing is missing for every record.
			if (endsEverything(failure) || /could not find the .* column/i.test(failure.message)) ended ??= failure;
			sink.failed(ready, failure);
		}
	};
	await Promise.all(records.map(async (ready) => await slots.run(async () => await storeNext(ready))));
}

class WayRound {
	/** Rows by what the list shows of them. */
	private readonly rows = new Map<string, Row[]>();
	/** Rows of a part, or of the whole list for other kinds. */
	private readonly families = new Map<string, Row[]>();
	/** ID → whole row, once it was asked for. */
	private readonly asked = new Map<string, Promise<Row>>();

	constructor(
		private readonly run: Run,
		private readonly entity: Entity,
	) {}

	async read(records: readonly Ready[]): Promise<void> {
		for (const query of this.queries(records)) {
			for (const row of await this.run.client.list(this.entity.path, query, this.entity.order, undefined, this.run.signal)) this.add(row);
		}
	}

	async store(ready: Ready): Promise<Settled & { kind: 'stored' }> {
		const known = await this.find(ready);
		if (known) return await this.change(ready, known);
		try {
			const row = await this.write('POST', {}, ready.payload);
			return this.settled(ready, row, 'created');
		} catch (error) {
			const failure = asFailure(error);
			if (!/duplicate key/i.test(failure.message)) throw failure;
			// It has another name in Eryxon, or was stored by a call whose answer was lost.
			const renamed = await this.findByAsking(ready);
			if (renamed) return await this.change(ready, renamed);
			throw failure;
		}
	}

	private async change(ready: Ready, row: Row): Promise<Settled & { kind: 'stored' }> {
		if (differingFields(ready.payload, row).length === 0) return { kind: 'stored', action: 'skipped', id: String(row.id), confirmedBy: 'row' };
		return this.settled(ready, await this.write('PATCH', { id: String(row.id) }, ready.payload), 'updated');
	}

	/** @throws EryxonFailure when the stored row is not what was sent */
	private settled({ payload }: Ready, row: Row, action: 'created' | 'updated'): Settled & { kind: 'stored' } {
		const differing = differingFields(payload, row);
		if (differing.length > 0) {
			const shown = differing.map((field) => `'${field}' is stored as ${JSON.stringify(row[field])}`).join(', ');
			throw new EryxonFailure('refused', `Eryxon stored the record differently: ${shown}`, { hint: 'Check whether this version of Eryxon stores these fields.' });
		}
		return { kind: 'stored', action, id: String(row.id), confirmedBy: 'row' };
	}

	private async find(ready: Ready): Promise<Row | undefined> {
		const candidates = this.rows.get(this.identity(ready.payload, ready.record.externalId)) ?? [];
		return await this.firstOwn(ready, candidates);
	}

	private async findByAsking(ready: Ready): Promise<Row | undefined> {
		await this.read([ready]);
		const found = await this.find(ready);
		if (found || this.entity.name === 'resource') return found;
		return await this.firstOwn(ready, (this.families.get(this.family(ready.payload)) ?? []).slice(0, MOST_ASKED));
	}

	private async firstOwn({ record }: Ready, candidates: readonly Row[]): Promise<Row | undefined> {
		for (const candidate of candidates) {
			const row = await this.whole(candidate);
			if (keyOf(String(row.external_source ?? ''), String(row.external_id ?? '')) === keyOf(record.externalSource, record.externalId)) return row;
		}
		return undefined;
	}

	/** The row with all its columns: a change to the name that it has. */
	private async whole(row: Row): Promise<Row> {
		if ('external_id' in row) return row;
		const { number } = this.entity;
		const id = String(row.id);
		const asked = this.asked.get(id) ?? this.write('PATCH', { id }, { [number]: row[number] });
		this.asked.set(id, asked);
		return await asked;
	}

	private async write(method: 'PATCH' | 'POST', query: IDataObject, body: Record<string, unknown>): Promise<Row> {
		const { data } = await this.run.client.send({ method, path: this.entity.path, query, body, repeatable: true, signal: this.run.signal });
		const row = readRow(data);
		if (row?.id === undefined) throw new EryxonFailure('refused', 'Eryxon answered without the record', { hint: "Check 'API Version' under Options." });
		return row;
	}

	private add(row: Row): void {
		const put = (map: Map<string, Row[]>, key: string) => {
			const rows = (map.get(key) ?? []).filter(({ id }) => id !== row.id);
			map.set(key, [...rows, row]);
		};
		put(this.rows, this.identity(row, String(row.external_id ?? '')));
		put(this.families, this.family(row));
	}

	/** What the list shows of a record that tells it from others. */
	private identity(row: Row, externalId: string): string {
		if (this.entity.name === 'resource') return externalId;
		if (this.entity.name === 'cell') return String(row.name ?? '');
		return JSON.stringify([this.family(row), row.operation_name, row.sequence]);
	}

	private family(row: Row): string {
		return this.entity.name === 'operation' ? String(row.part_id ?? (row.part as Row | null | undefined)?.id ?? '') : '';
	}

	private queries(records: readonly Ready[]): IDataObject[] {
		const distinct = (values: unknown[]) => [...new Set(values.map(String))];
		if (this.entity.name === 'resource') return distinct(records.map(({ record }) => record.externalSource)).map((source) => ({ external_source: source }));
		const parts = distinct(records.map(({ payload }) => payload.part_id));
		return this.entity.name === 'operation' && parts.length <= FEW_PARENTS ? parts.map((part) => ({ part_id: part })) : [{}];
	}
}
