import { asFailure, endsEverything, EryxonFailure } from '../../shared/api/failure';
import { readBulk } from '../../shared/core/answers';
import { chunksOf, MOST_PER_CALL } from '../../shared/core/chunk';
import type { Entity, Generation } from '../../shared/core/entities';
import { wholeNumber } from '../helpers/parameters';
import type { Outcome, Run } from '../helpers/run';
import { Slots } from '../helpers/slots';
import { confirmByErpSync, forgetHash } from './confirm';
import { bySource, erpSync } from './erpSync';
import { lookInList } from './look';
import { resultOf, settleMerged } from './outcome';
import { prepare, tellAbout, withKey, type Prepared, type Ready } from './prepare';
import { lacksSyncOf, storeWithoutSync } from './roundabout';
import { countingOf, readBack, settledBy, settleCounted, settleListed, type Counting, type Settled } from './settle';
import { hashField, skipMode, unchanged, type SkipMode } from './skip';
import { storeOne } from './storeOne';

/** Calls under way at once: enough to hide the line, kind to a small server. */
const AT_ONCE = 5;

/** Records of several small calls are read back in one. */
const READ_BACK_TOGETHER = 400;

/** Calls to find the bad records among those that the ERP sync stores by one statement. */
const TRIES = 16;

/** So many records whose reading back failed are asked for one by one; more would be a call for each after one fault. */
const ASKED_ALONE = 20;

/** So many records in a row that fail alone for one reason stand for the others that failed with them. */
const ALIKE = 3;

type Collect = (chunk: readonly Ready[], settled: readonly Settled[]) => void;

/** Syncs the records of all items in calls of many, and hands back what became of each, in the order of the input. */
export async function bulkSync(run: Run, entity: Entity): Promise<Outcome[]> {
	const prepared = await prepare(run, entity);
	const bulk = await Bulk.of(run, entity, prepared);
	for (const round of prepared.rounds) await bulk.store(round.flatMap((entry) => prepared.ready(entry) ?? []), skipMode(run));
	return bulk.finish([hashField(run)]);
}

export class Bulk {
	readonly outcomes: Outcome[] = [];
	private readonly slots = new Slots(AT_ONCE);
	/** Why nothing more is sent. */
	private ended: EryxonFailure | undefined;

	private constructor(
		private readonly run: Run,
		private readonly entity: Entity,
		private readonly generation: Generation,
		private readonly prepared: Prepared,
		/** Most records in one call; less after a call that took too long. */
		private size: number,
		private readonly confirm: boolean,
	) {}

	static async of(run: Run, entity: Entity, prepared: Prepared): Promise<Bulk> {
		const generation = await run.generation();
		const size = wholeNumber(run.option('chunkSize') ?? 100, 'Records per Call', { min: 1, max: MOST_PER_CALL });
		return new Bulk(run, entity, generation, prepared, Math.min(size, entity.fewer?.[generation] ?? MOST_PER_CALL), run.option('confirm') !== 'off');
	}

	/** Why nothing more is sent, once there is a reason. */
	get stopped(): EryxonFailure | undefined {
		return this.ended && this.notSent();
	}

	/** Stores records that do not depend on each other. */
	async store(records: readonly Ready[], skip: SkipMode): Promise<void> {
		const { run, entity } = this;
		const toSend = await this.withoutUnchanged(records, skip);
		const named = toSend.filter(({ payload }) => payload.job_external_id !== undefined && this.generation !== 'documented');
		await this.storeByJobKey(named);
		const others = toSend.filter((each) => !named.includes(each));
		if (others.length === 0) return;
		const lacks = await lacksSyncOf(run, entity, others[0]);
		if (lacks.first) this.note(others[0], lacks.first);
		const rest = lacks.first ? others.slice(1) : others;
		if (lacks.lacks) return await storeWithoutSync(run, entity, rest, { stored: (...stored) => this.stored(...stored), failed: (...failed) => this.failed(...failed) });
		await this.storeInBulk(rest);
	}

	finish(ignored: readonly string[]): Outcome[] {
		const { run, entity, prepared, outcomes } = this;
		for (const [item, problem] of prepared.problems) outcomes[item] = { thrown: problem };
		settleMerged(outcomes, prepared.merged);
		tellAbout(run, entity, prepared, ignored);
		return outcomes;
	}

	stored(ready: Ready, { action, id, confirmedBy }: Settled & { kind: 'stored' }): void {
		if (id !== undefined) this.prepared.resolver.add(ready.record, id);
		this.outcomes[ready.item] = { json: resultOf(ready.record, { action, id, hash: ready.hash, confirmedBy }) };
	}

	failed(ready: Ready, failure: EryxonFailure): void {
		if (endsEverything(failure)) this.ended ??= failure;
		this.outcomes[ready.item] = { thrown: withKey(failure, ready.record, this.entity, ready.payload) };
	}

	private note(ready: Ready, settled: Settled): void {
		if (settled.kind === 'stored') this.stored(ready, settled);
		else if (settled.kind === 'failed') this.failed(ready, settled.failure);
	}

	private async withoutUnchanged(records: readonly Ready[], skip: SkipMode): Promise<Ready[]> {
		try {
			const skipped = await unchanged(this.run, this.entity, records, skip);
			return records.filter((each) => {
				const same = skipped.get(each.item);
				if (same) this.stored(each, { kind: 'stored', action: 'skipped', id: same.id, confirmedBy: null });
				return !same;
			});
		} catch (error) {
			const failure = asFailure(error);
			if (failure.kind === 'input') throw failure;
			this.failAll(records, failure);
			return [];
		}
	}

	/** Parts of jobs whose ID only the ERP sync finds; what it stores of them is all of them. */
	private async storeByJobKey(records: readonly Ready[]): Promise<void> {
		for (const group of bySource(records)) {
			try {
				if (this.ended) throw this.notSent();
				const results = await erpSync(this.run, this.entity, group.map(({ payload }) => payload), { skipUnchanged: false, recordHistory: false }, TRIES);
				for (const ready of group) {
					const result = results.get(ready.record.externalId) ?? { action: 'error', reason: 'nothing about this record' };
					this.note(ready, settledBy(result, 'answer'));
				}
			} catch (error) {
				this.failAll(group, asFailure(error));
			}
		}
	}

	private async storeInBulk(records: readonly Ready[]): Promise<void> {
		// The first handlers leave the status out of a bulk, and say nothing.
		const alone = this.generation === 'documented' ? records.filter(({ payload }) => payload.status !== undefined && this.entity.name !== 'resource') : [];
		const together = alone.length === 0 ? records : records.filter((each) => !alone.includes(each));
		const look: Array<{ ready: Ready; settled: Settled & { kind: 'look' } }> = [];
		const ask: Ready[] = [...alone];
		const unchecked: Array<{ ready: Ready; failure: EryxonFailure }> = [];
		const collect: Collect = (chunk, settled) =>
			chunk.forEach((ready, index) => {
				const each = settled[index];
				if (each.kind === 'unchecked') {
					if (endsEverything(each.failure)) this.ended ??= each.failure;
					unchecked.push({ ready, failure: each.failure });
				} else if (each.kind === 'look') look.push({ ready, settled: each });
				else if (each.kind === 'ask') ask.push(ready);
				else this.note(ready, each);
			});
		const group = Math.max(1, Math.floor(READ_BACK_TOGETHER / this.size));
		const groups = chunksOf(chunksOf(together, this.size), group);
		await Promise.all(groups.map(async (chunks) => await this.slots.run(async () => await this.storeGroup(chunks, collect))));
		for (const { ready, failure } of unchecked) {
			if (this.ended || unchecked.length > ASKED_ALONE) this.failed(ready, this.unknown(failure));
			else ask.push(ready);
		}
		await this.settleByList(look, ask);
		await this.settleOneByOne(ask);
	}

	/** Sends calls one after the other, then reads back what their answers only count. */
	private async storeGroup(chunks: ReadonlyArray<readonly Ready[]>, collect: Collect): Promise<void> {
		const { run, entity } = this;
		const counted: Array<{ chunk: readonly Ready[]; counting: Counting }> = [];
		for (const chunk of chunks) {
			for (const { part, answer, failure } of await this.sendAll(chunk)) {
				if (failure) this.failAll(part, failure);
				else if (answer?.kind === 'listed') collect(part, settleListed(part, answer));
				else if (answer?.kind === 'counted') counted.push({ chunk: part, counting: countingOf(this.generation, part, answer) });
				else collect(part, part.map(() => ({ kind: 'ask' })));
			}
		}
		const stored = counted.flatMap(({ chunk, counting }) => chunk.filter((_, index) => !counting.failures.has(index)));
		if (!this.confirm || stored.length === 0) {
			for (const { chunk, counting } of counted) collect(chunk, settleCounted(chunk, counting, undefined));
		} else if (entity.name === 'job') {
			const known = await confirmByErpSync(run, entity, stored);
			for (const { chunk, counting } of counted) {
				collect(chunk, chunk.map((ready, index) => {
					const failure = counting.failures.get(index);
					if (failure) return { kind: 'failed', failure };
					const settled = known.get(ready.item) ?? { kind: 'ask' };
					return settled.kind === 'stored' && settled.action === 'stored' ? { ...settled, action: counting.action } : settled;
				}));
			}
		} else {
			const shown = await readBack(run, entity, stored);
			for (const { chunk, counting } of counted) collect(chunk, settleCounted(chunk, counting, shown));
		}
	}

	/** Sends records in one call, or in smaller ones when that took too long. */
	private async sendAll(chunk: readonly Ready[]): Promise<Array<{ part: readonly Ready[]; answer?: ReturnType<typeof readBulk>; failure?: EryxonFailure }>> {
		if (this.ended || this.run.signal?.aborted) return [{ part: chunk, failure: this.notSent() }];
		if (chunk.length > this.size) {
			const sent = [];
			for (const smaller of chunksOf(chunk, this.size)) sent.push(...(await this.sendAll(smaller)));
			return sent;
		}
		try {
			return [{ part: chunk, answer: await this.send(chunk) }];
		} catch (error) {
			const failure = asFailure(error);
			if (failure.kind === 'timeout' && chunk.length > 1) {
				this.size = Math.min(this.size, Math.ceil(chunk.length / 2));
				return await this.sendAll(chunk);
			}
			if (endsEverything(failure)) this.ended ??= failure;
			return [{ part: chunk, failure }];
		}
	}

	private async send(chunk: readonly Ready[]): Promise<ReturnType<typeof readBulk>> {
		const { run, entity } = this;
		const { data } = await run.client.send({
			method: 'POST',
			path: `${entity.path}/bulk-sync`,
			body: { [entity.plural]: chunk.map(({ payload }) => payload) },
			// By external key, so a repeat updates what the first one created.
			repeatable: true,
			repeatSlow: chunk.length === 1,
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

	/**
	 * The same record once more by itself: updates what is stored, stores what is not, or tells why it cannot be. When
	 * several in a row fail alike, the others fail with their reason: reading back showed none of them to be stored.
	 */
	private async settleOneByOne(ask: readonly Ready[]): Promise<void> {
		let alike = { reason: '', times: 0 };
		for (const [index, ready] of ask.entries()) {
			if (this.ended || this.run.signal?.aborted) {
				this.failed(ready, this.unknown());
				continue;
			}
			if (this.entity.erpSync && alike.times >= ALIKE && ask.length - index > ALIKE) {
				const reason = new EryxonFailure('refused', `Probably not stored; others of this run were refused: ${alike.reason}`, {
					hint: 'Correct those first, then run it again.',
				});
				return ask.slice(index).forEach((each) => this.failed(each, reason));
			}
			try {
				const { id } = await storeOne(this.run, this.entity, ready);
				this.stored(ready, { kind: 'stored', action: 'stored', id, confirmedBy: 'sync' });
				alike = { reason: '', times: 0 };
			} catch (error) {
				const failure = asFailure(error);
				if (endsEverything(failure)) this.ended ??= failure;
				alike = { reason: failure.message, times: failure.message === alike.reason ? alike.times + 1 : 1 };
				await forgetHash(this.run, this.entity, ready);
				this.failed(ready, endsEverything(failure) ? this.unknown() : failure);
			}
		}
	}

	private failAll(records: readonly Ready[], failure: EryxonFailure): void {
		for (const ready of records) this.failed(ready, failure);
	}

	private notSent(): EryxonFailure {
		const why = this.ended ?? new EryxonFailure('aborted', 'The execution was canceled');
		return new EryxonFailure(why.kind, `Not sent: ${why.message}`, { ...why.details, facts: { sent: false } });
	}

	private unknown(failure?: EryxonFailure): EryxonFailure {
		const why = this.ended ?? failure ?? new EryxonFailure('aborted', 'The execution was canceled');
		return new EryxonFailure(why.kind, `Sent, but could not be checked: ${why.message}`, { ...why.details, facts: { sent: true } });
	}
}
