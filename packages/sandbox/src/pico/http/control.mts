import { addCompletions, addOperations, addRawRows } from '../plant/bulk.mts';
import { PlantError } from '../plant/plant.mts';
import type { Operation } from '../plant/types.mts';
import type { Sandbox } from '../sandbox.mts';
import { type Switches, definitions, readSwitches } from '../switches.mts';
import { Stamp } from '../time.mts';
import { inputs, readInput } from './input.mts';
import { describeOrder, describeState } from './state.mts';

type Route = (sandbox: Sandbox, body: unknown) => unknown;

const checkedSwitches = (input: Record<string, unknown>): Partial<Switches> => {
	try {
		return readSwitches(input);
	} catch (error) {
		throw new PlantError(error instanceof Error ? error.message : String(error));
	}
};

const orderOf = (
	sandbox: Sandbox,
	address: { id?: string; externalOrderId?: string; operationId?: string; partNumber?: string; orderIndex?: number },
) => {
	if (address.id !== undefined) return sandbox.orders.get(address.id);
	const { externalOrderId } = address;
	if (externalOrderId === undefined) throw new PlantError('externalOrderId: Required');
	return sandbox.orders.find({ ...address, externalOrderId });
};

const operationOf = (
	sandbox: Sandbox,
	by: { operationId?: string; partNumber?: string; revision?: string },
): Operation => {
	if (by.operationId === undefined && by.partNumber === undefined) {
		throw new PlantError('operationId or partNumber is required');
	}
	return sandbox.plant.find(by);
};

const posts: Record<string, Route> = {
	reset: (sandbox, body) => {
		const { profile, seed, switches, now } = readInput(inputs.reset, body);
		sandbox.reset({ seed, now, switches: checkedSwitches({ ...switches, ...(profile !== undefined && { profile }) }) });
		return { ok: true };
	},
	switches: (sandbox, body) => {
		sandbox.set(checkedSwitches(readInput(inputs.switches, body)));
		return sandbox.switches;
	},
	clock: (sandbox, body) => {
		const { now, advanceMs, freeze, real } = readInput(inputs.clock, body);
		const { clock } = sandbox;
		if (real) clock.real();
		if (freeze === false) clock.thaw();
		if (freeze) clock.freeze();
		if (now !== undefined) clock.set(now);
		if (advanceMs !== undefined) clock.advance(BigInt(Math.round(advanceMs * 1_000_000)));
		return { now: clock.stamp(), frozen: clock.isFrozen };
	},
	'orders/save': (sandbox, body) => {
		const { partNumber, revision, operationId, ...order } = readInput(inputs.save, body);
		const operation = operationOf(sandbox, { partNumber, revision, operationId });
		return { message: sandbox.orders.save({ ...order, operationId: operation.id }) };
	},
	'orders/start': (sandbox, body) => {
		const order = orderOf(sandbox, readInput(inputs.start, body));
		sandbox.orders.start(order);
		return describeOrder(order);
	},
	'orders/complete': (sandbox, body) => {
		const { at, producedSerial, consumedSerials, ...address } = readInput(inputs.complete, body);
		const order = orderOf(sandbox, address);
		sandbox.orders.complete(order, {
			producedSerial,
			consumedSerials,
			at: at === undefined ? undefined : new Stamp(at),
		});
		return describeOrder(order);
	},
	'orders/run': (sandbox, body) => {
		const { externalOrderId } = readInput(inputs.run, body);
		const done = sandbox.orders.runAll(externalOrderId);
		return { completed: done.map(describeOrder) };
	},
	'completions/bulk': (sandbox, body) => {
		const {
			count,
			startAt,
			stepNs = 1_000_000,
			tieEvery = 0,
			orderPrefix = 'BULK',
			unresolvedEvery = 0,
			unresolvedField = 'operation',
		} = readInput(inputs.bulkCompletions, body);
		const { first, last } = addCompletions(sandbox.plant, {
			count,
			startAt: startAt ?? sandbox.plant.now().ns,
			stepNs: BigInt(stepNs),
			tieEvery,
			orderPrefix,
			unresolvedEvery,
			unresolvedField: unresolvedField || undefined,
		});
		return { count, first: first.at, last: last.at };
	},
	'rows/raw': (sandbox, body) => {
		const { kind = 'completions', rows, startAt, stepNs = 1_000_000 } = readInput(inputs.rawRows, body);
		addRawRows(sandbox.plant, kind, rows, startAt ?? sandbox.plant.now().ns, BigInt(stepNs));
		return { count: rows.length };
	},
	'operations/bulk': (sandbox, body) => {
		addOperations(sandbox.plant, readInput(inputs.bulkOperations, body).count);
		return { operations: sandbox.plant.operations.length };
	},
	'operations/deploy': (sandbox, body) => {
		const { operationId, partNumber, revision, name, ...rest } = readInput(inputs.deploy, body);
		const known = operationId === undefined ? undefined : sandbox.plant.operation(operationId);
		const named = known ?? sandbox.plant.operations.find((row) => row.externalId === partNumber);
		const label = name ?? named?.name ?? partNumber;
		if (label === undefined) throw new PlantError('name or partNumber is required');
		return sandbox.plant.deploy({
			...rest,
			id: operationId,
			externalId: partNumber,
			externalRevision: revision,
			name: label,
		});
	},
	'operations/archive': (sandbox, body) => sandbox.plant.archive(operationOf(sandbox, readInput(inputs.archive, body))),
	'structure/change': (sandbox, body) => {
		const input = readInput(inputs.structure, body);
		const parent = operationOf(sandbox, { operationId: input.parentId, partNumber: input.parentPartNumber });
		// A child id may be unknown on purpose: real structures can point to something that is gone.
		const childId = input.childId ?? operationOf(sandbox, { partNumber: input.childPartNumber }).id;
		if (input.remove) {
			const removed = sandbox.plant.unlink(parent.id, childId, input.childIndex);
			if (removed === 0) throw new PlantError(`${childId} is not a child of ${parent.id}`);
		} else {
			const siblings = sandbox.plant.childrenOf(parent.id);
			const next = (siblings.at(-1)?.childIndex ?? -1) + 1;
			sandbox.plant.link(parent.id, childId, input.childIndex ?? next, input.optional);
		}
		sandbox.plant.deploy({ ...parent });
		return { children: sandbox.plant.childrenOf(parent.id) };
	},
	'notes/add': (sandbox, body) => sandbox.plant.addNote(readInput(inputs.noteAdd, body)),
	'notes/update': (sandbox, body) => {
		const { id, ...change } = readInput(inputs.noteUpdate, body);
		return sandbox.plant.updateNote(id, change);
	},
	'streams/cut': (sandbox, body) => {
		const { graceful } = readInput(inputs.cut, body);
		return { cut: graceful ? sandbox.streams.complete() : sandbox.cut() };
	},
};

/** Runs one control route; undefined = there is no such route. */
export function runControl(sandbox: Sandbox, method: string, path: string, query: URLSearchParams, body: unknown) {
	if (method === 'GET' && path === 'state') {
		const limit = Number(query.get('limit') ?? Number.NaN);
		return describeState(sandbox, limit > 0 ? limit : undefined);
	}
	if (method === 'GET' && path === 'switches') return definitions;
	if (method === 'GET' && path === 'calls') return sandbox.calls.since(Number(query.get('since') ?? 0));
	if (method !== 'POST' || !Object.hasOwn(posts, path)) return undefined;
	const answer = posts[path](sandbox, body);
	sandbox.changed();
	return answer;
}
