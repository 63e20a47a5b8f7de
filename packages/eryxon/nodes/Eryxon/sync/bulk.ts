import { asFailure, endsEverything, EryxonFailure } from '../../shared/api/failure';
import { readBulk } from '../../shared/core/answers';
import { chunksOf, MOST_PER_CALL } from '../../shared/core/chunk';
import type { Entity, Generation } from '../../shared/core/entities';
import { wholeNumber } from '../helpers/parameters';
import type { Outcome, Run } from '../helpers/run';
import { Slots } from '../helpers/slots';
import { lookInList } from './look';
import { resultOf } from './outcome';
import { prepare, tellAbout, withKey, type Prepared, type Ready } from './prepare';
import { countingOf, readBack, settleCounted, settleListed, type Counting, type Settled } from './settle';
import { syncOne } from './single';
import { hashField, unchanged } from './skip';

/** Calls under way at once: enough to hide the line, kind to a small server. */
const AT_ONCE = 5;

/** Records of several small calls are read back in one. */
const READ_BACK_TOGETHER = 400;

type Collect = (chunk: readonly Ready[], settled: readonly Settled[]) => void;

/** Syncs the records of all items in calls of many, and hands back what became of each, in the order of the input. */
export async function bulkSync(run: Run, entity: Entity): Promise<Outcome[]> {
	const size = wholeNumber(run.option('chunkSize') ?? 100, 'Records per Call', { min: 1, max: MOST_PER_CALL });
	const prepared = await prepare(run, entity);
	const bulk = new Bulk(run, entity, await run.generation(), prepared, size, run.option('confirm') !== 'off');
	for (const round of prepared.rounds) await bulk.store(round.flatMap((entry) => prepared.ready(entry) ?? []));
	for (const [item, problem] of prepared.problems) bulk.outcomes[item] = { thrown: problem };
	tellAbout(run, entity, prepared, [hashField(run)]);
	return bulk.outcomes;
}

class Bulk {
	readonly outcomes: Outcome[] = [];
	private readonly slots = new Slots(AT_ONCE);
	private readonly size: number;
	/** Why nothing more is sent. */
	private ended: EryxonFailure | undefined;

	constructor(
		private readonly run: Run,
		private readonly entity: Entity,
		private readonly generation: Generation,
		private readonly prepared: Prepared,
		size: number,
		private readonly confirm: boolean,
	) {
		this.size = Math.min(size, entity.fewer?.[generation] ?? MOST_PER_CALL);
	}

	/** Stores records that do not depend on each other. */
	async store(records: readonly Ready[]): Promise<void> {
		const { run, entity } = this;
		const toSend: Ready[] = [];
		try {
			const skipped = await unchanged(run, entity, records);
			for (const each of records) {
				const same = skipped.get(each.item);
				if (same) this.stored(each, { kind: 'stored', action: 'skipped', id: same.id, confirmedBy: null });
				else toSend.push(each);
			}
		} catch (error) {
			const failure = asFailure(error);
			if (failure.kind === 'input') throw failure;
			return this.failAll(records, failure);
		}
		const look: Array<{ ready: Ready; settled: Settled & { kind: 'look' } }> = [];
		const ask: Ready[] = [];
		const collect: Collect = (chunk, settled) =>
			chunk.forEach((ready, index) => {
				const each = settled[index];
				if (each.kind === 'stored') this.stored(ready, each);
				else if (each.kind === 'failed') this.failed(ready, each.failure);
				else if (each.kind === 'unchecked') {
					if (endsEverything(each.failure)) this.ended ??= each.failure;
					if (this.ended) this.failed(ready, this.unknown());
					else ask.push(ready);
				} else if (each.kind === 'look') look.push({ ready, settled: each });
				else ask.push(ready);
			});
		const group = Math.max(1, Math.floor(READ_BACK_TOGETHER / this.size));
		const groups = chunksOf(chunksOf(toSend, this.size), group);
		await Promise.all(groups.map(async (chunks) => await this.slots.run(async () => await this.storeGroup(chunks, collect))));
		await this.settleByList(look, ask);
		await this.settleOneByOne(ask);
	}

	/** Sends calls one after the other, then reads back what their answers only count. */
	private async storeGroup(chunks: ReadonlyArray<readonly Ready[]>, collect: Collect): Promise<void> {
		const { run, entity } = this;
		const counted: Array<{ chunk: readonly Ready[]; counting: Counting }> = [];
		for (const chunk of chunks) {
			if (this.ended || run.signal?.aborted) {
				this.failAll(chunk, this.notSent());
				continue;
			}
			try {
				const answer = await this.send(chunk);
				if (answer?.kind === 'listed') collect(chunk, settleListed(chunk, answer));
				else if (answer?.kind === 'counted') counted.push({ chunk, counting: countingOf(this.generation, chunk, answer) });
				else collect(chunk, chunk.map(() => ({ kind: 'ask' })));
			} catch (error) {
				const failure = asFailure(error);
				if (endsEverything(failure)) this.ended ??= failure;
				this.failAll(chunk, failure);
			}
		}
		const stored = counted.flatMap(({ chunk, counting }) => chunk.filter((_, index) => !counting.failures.has(index)));
		const shown = this.confirm ? await readBack(run, entity, stored) : undefined;
		for (const { chunk, counting } of counted) collect(chunk, settleCounted(chunk, counting, shown));
	}

	private async send(chunk: readonly Ready[]): Promise<ReturnType<typeof readBulk>> {
		const { run, entity } = this;
		const { data } = await run.client.send({
			method: 'POST',
			path: `${entity.path}/bulk-sync`,
			body: { [entity.plural]: chunk.map(({ payload }) => payload) },
			// By external key, so a repeat updates what the first one created.
			repeatable: true,
			signal: run.signal,
		});
		return readBulk(data);
	}

	/** What the list does not show is added to those that are asked for one by one. */
	private async settleByList(look: Array<{ ready: Ready; settled: Settled & { kind: 'look' } }>, ask: Ready[]): Promise<void> {
		if (look.length === 0) return;
		let ids = new Map<number, string>();
		try {
			if (!this.ended) ids = await lookInList(this.run, this.entity, look.map(({ ready }) => ready));
		} catch (error) {
			const failure = asFailure(error);
			if (endsEverything(failure)) this.ended ??= failure;
		}
		for (const { ready, settled } of look) {
			const id = ids.get(ready.item);
			if (id === undefined) ask.push(ready);
			else this.stored(ready, { kind: 'stored', action: settled.action, id, confirmedBy: 'list' });
		}
	}

	/** The same record once more by itself: updates what is stored, stores what is not, or tells why it cannot be. */
	private async settleOneByOne(ask: readonly Ready[]): Promise<void> {
		for (const ready of ask) {
			if (this.ended || this.run.signal?.aborted) {
				this.failed(ready, this.unknown());
				continue;
			}
			try {
				const { id } = await syncOne(this.run, this.entity, ready);
				this.stored(ready, { kind: 'stored', action: 'stored', id, confirmedBy: 'sync' });
			} catch (error) {
				const failure = asFailure(error);
				if (endsEverything(failure)) this.ended ??= failure;
				this.failed(ready, endsEverything(failure) ? this.unknown() : failure);
			}
		}
	}

	private stored(ready: Ready, { action, id, confirmedBy }: Settled & { kind: 'stored' }): void {
		if (id !== undefined) this.prepared.resolver.add(ready.record, id);
		this.outcomes[ready.item] = { json: resultOf(ready.record, { action, id, hash: ready.hash, confirmedBy }) };
	}

	private failed(ready: Ready, failure: EryxonFailure): void {
		this.outcomes[ready.item] = { thrown: withKey(failure, ready.record, this.entity, ready.payload) };
	}

	private failAll(records: readonly Ready[], failure: EryxonFailure): void {
		for (const ready of records) this.failed(ready, failure);
	}

	private notSent(): EryxonFailure {
		const why = this.ended ?? new EryxonFailure('aborted', 'The execution was canceled');
		return new EryxonFailure(why.kind, `Not sent: ${why.message}`, { ...why.details, facts: { sent: false } });
	}

	private unknown(): EryxonFailure {
		const why = this.ended ?? new EryxonFailure('aborted', 'The execution was canceled');
		return new EryxonFailure(why.kind, `Sent, but whether it is stored could not be checked: ${why.message}`, { ...why.details, facts: { sent: true } });
	}
}
