import { cancelDocument, type UnitToCancel } from '../../../shared/api/documents/orders';
import { asFailure, isTransient, PicoFailure } from '../../../shared/api/failure';
import { orderMessage } from '../../../shared/api/models/orderResult';
import { option, wholeNumber } from '../../helpers/parameters';
import { partNumberOf, resolveOperation, type Resolved } from '../../helpers/resolve';
import type { Execute, Run } from '../../helpers/run';
import { HIGHEST_INDEX, readOrderId } from './orderId';

export const execute: Execute = async (run, item) => {
	const orderId = readOrderId(run, item);
	const all = run.parameter('unitsToCancel', item, 'one') === 'all';
	const orderIndex = all ? undefined : wholeNumber(run.parameter('orderIndex', item, 0), 'Index', { min: 0, max: HIGHEST_INDEX });
	const again = option(run, item, 'options.ignoreIfCanceled') === true;
	const operation = await resolveOperation(run, item);
	const canceled = await cancel(run, { operationId: operation.id, label: operation.label, orderId, orderIndex }, again);
	const partNumber = await partNumberOf(run, operation);
	return [{ orderId, orderIndex: orderIndex ?? null, allUnits: all, operationId: operation.id, partNumber, ...canceled }];
};

async function cancel(run: Run, unit: UnitToCancel & Pick<Resolved, 'label'>, acceptAlready: boolean): Promise<{ result: string; message: string }> {
	try {
		return await send(run, unit, { repeatable: false, acceptAlready });
	} catch (error) {
		const failure = asFailure(error);
		if (!isTransient(failure)) throw explained(unit, failure);
	}
	// The first try may have reached Pico although its answer did not reach us: then "already cancelled" is our own doing.
	try {
		return await send(run, unit, { repeatable: true, acceptAlready: true });
	} catch (error) {
		throw explained(unit, asFailure(error));
	}
}

async function send(run: Run, unit: UnitToCancel, { repeatable, acceptAlready }: { repeatable: boolean; acceptAlready: boolean }) {
	let message: string;
	try {
		message = orderMessage(await run.write((dialect) => cancelDocument(dialect, unit), { repeatable }))?.trim() || 'nothing';
	} catch (error) {
		const already = error instanceof PicoFailure && error.details.errors?.find((entry) => ALREADY.test(entry.message));
		if (!already || !acceptAlready) throw asFailure(error);
		message = already.message;
	}
	if (/^cancell?ed$/i.test(message)) return { result: 'canceled', message };
	if (acceptAlready && ALREADY.test(message)) return { result: 'alreadyCanceled', message };
	throw new PicoFailure('graphql', `Pico answered: ${message}`, { errors: [{ message }] });
}

const ALREADY = /\b(already (been )?cancell?ed|is cancell?ed)\b/i;
const STARTED = /\b(started|in progress|no longer be cancell?ed|completed)\b/i;
const UNKNOWN = /\b(not found|unknown|does not exist|no such|not exist)\b/i;

/** The same failure in words that say what to do. Pico's own words stay in the hint. */
function explained({ orderId, orderIndex, label }: UnitToCancel & Pick<Resolved, 'label'>, failure: PicoFailure): PicoFailure {
	if (failure.kind !== 'graphql') return failure;
	const said = failure.details.errors?.map(({ message }) => message).join('; ') ?? '';
	const order = `order '${orderId}'${orderIndex === undefined ? '' : ` index ${orderIndex}`}`;
	const as = (message: string, hint: string) =>
		new PicoFailure('graphql', message, { ...failure.details, hint: `${hint} Pico said: ${said}` });
	if (ALREADY.test(said)) {
		return as(`The ${order} is already canceled`, "Turn on the option 'Ignore If Already Canceled' to continue anyway.");
	}
	if (STARTED.test(said)) {
		return as(`The ${order} has been started and can no longer be canceled`, 'Stop the work on the shop floor instead.');
	}
	if (UNKNOWN.test(said)) {
		return as(`Pico has no ${order} for ${label}`, "Check 'Order ID', 'Index' and 'Pico Operation'.");
	}
	return failure;
}
