import type { IDataObject } from 'n8n-workflow';

import { runBounded } from '../../../shared/api/bounded';
import { literal } from '../../../shared/api/documents/literal';
import { OWN_SAVE_FIELDS, saveDocument, unknownSaveFields, type UnitToSave } from '../../../shared/api/documents/orders';
import { asFailure, isTransient, PicoFailure } from '../../../shared/api/failure';
import { orderMessage } from '../../../shared/api/models/orderResult';
import { RETRY, retrying } from '../../../shared/api/retry';
import { jsonObject, option, refuse, textList, wholeNumber } from '../../helpers/parameters';
import { partNumberOf, resolveOperation } from '../../helpers/resolve';
import type { Execute, Run } from '../../helpers/run';
import { HIGHEST_INDEX, readOrderId } from './orderId';
import { partlySaved } from './partlySaved';

const MOST_UNITS = 10_000;

interface Saved {
	orderIndex: number;
	result: 'created' | 'updated' | 'exists';
	message: string;
}

export const execute: Execute = async (run, item) => {
	const withoutOrderId = option(run, item, 'options.saveWithoutOrderId') === true;
	const orderId = readOrderId(run, item, withoutOrderId);
	const quantity = wholeNumber(run.parameter('quantity', item, 1), 'Quantity', { min: 1, max: MOST_UNITS });
	const firstIndex = wholeNumber(option(run, item, 'options.firstIndex') ?? 0, 'First Index', { min: 0, max: HIGHEST_INDEX - quantity });
	const extra = await readExtraFields(run, item);
	const acceptExisting = option(run, item, 'options.onExisting') !== 'fail';
	const perOrder = option(run, item, 'options.itemPer') === 'order';
	const operation = await resolveOperation(run, item);

	const order: Omit<UnitToSave, 'orderIndex'> = {
		operationId: operation.id,
		orderId,
		optionalOperationIds: textList(option(run, item, 'options.optionalOperationIds')),
		extra,
	};
	const outcomes = await runBounded(
		quantity,
		run.limit,
		async (unit) => await saveUnit(run, { ...order, orderIndex: firstIndex + unit }, acceptExisting),
		{ signal: run.signal },
	);
	const saved = outcomes.flatMap((outcome) => (outcome && 'value' in outcome ? [outcome.value] : []));
	if (saved.length < quantity) throw partlySaved({ orderId, firstIndex, quantity }, outcomes);

	const common = { orderId, operationId: operation.id, partNumber: await partNumberOf(run, operation) };
	return perOrder ? [{ ...common, firstIndex, quantity, ...counts(saved) }] : saved.map((unit) => ({ ...common, ...unit }));
};

async function saveUnit(run: Run, unit: UnitToSave, acceptExisting: boolean): Promise<Saved> {
	const { orderIndex } = unit;
	const { text, mayBeOwn } = await answer(run, unit);
	if (/^(created|updated)$/i.test(text)) return { orderIndex, result: text.toLowerCase() as Saved['result'], message: text };
	if (!saysExists(text)) throw new PicoFailure('graphql', `Pico answered: ${text}`);
	if (acceptExisting) return { orderIndex, result: 'exists', message: text };
	if (mayBeOwn) return { orderIndex, result: 'created', message: text };
	throw new PicoFailure('graphql', `Pico already has order '${unit.orderId}' index ${orderIndex}`, {
		hint: "Set the option 'If Order Exists' to 'Accept' to continue anyway.",
	});
}

/**
 * What Pico says about one save. An order that exists already may be told as message or as GraphQL error.
 *
 * @returns `mayBeOwn`: an earlier try of this very save may have reached Pico although its answer did not reach us, so
 *   that an order that exists is taken for its work
 */
async function answer(run: Run, unit: UnitToSave): Promise<{ text: string; mayBeOwn: boolean }> {
	let mayBeOwn = false;
	const tryOnce = async () => {
		try {
			return orderMessage(await run.write((dialect) => saveDocument(dialect, unit), { repeatable: false }))?.trim() || 'nothing';
		} catch (error) {
			const failure = asFailure(error);
			const told = failure.kind === 'graphql' && failure.details.errors?.find(({ message }) => saysExists(message));
			if (told) return told.message;
			mayBeOwn ||= isTransient(failure) && failure.kind !== 'rateLimited' && !failure.details.unsent;
			throw asFailure(failure);
		}
	};
	// With an order id a repeat cannot make a second order; without one it could.
	const text = unit.orderId === '' ? await tryOnce() : await retrying(RETRY.request, tryOnce, { signal: run.signal });
	return { text, mayBeOwn };
}

function saysExists(text: string): boolean {
	return /already exist|exists already|duplicate|unique (key|constraint)|updates? (is|are) not (yet )?supported/i.test(text);
}

async function readExtraFields(run: Run, item: number): Promise<IDataObject> {
	const extra = jsonObject(option(run, item, 'options.extraFields'), 'Extra Fields');
	const names = Object.keys(extra);
	if (names.length === 0) return extra;
	const own = names.filter((name) => OWN_SAVE_FIELDS.includes(name));
	const unusable = notGraphql(extra);
	if (unusable) throw refuse('Extra Fields', `cannot be sent: ${unusable}`, 'Use names made of letters, digits and underscores.');
	if (own.length > 0) throw refuse('Extra Fields', `contains ${own.join(', ')}`, 'Use the parameter of the node instead.');
	const unknown = unknownSaveFields(await run.client.dialect(run.signal), names);
	if (unknown.length > 0) {
		throw refuse('Extra Fields', `contains ${unknown.join(', ')}, which this Pico does not accept`, 'Check the spelling, or ask Pico for an update.');
	}
	return extra;
}

/** Why an object cannot be written in GraphQL; `undefined` when it can. */
function notGraphql(value: IDataObject): string | undefined {
	try {
		literal(value);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function counts(saved: readonly Saved[]) {
	const total = { created: 0, updated: 0, exists: 0 };
	for (const { result } of saved) total[result]++;
	return total;
}
