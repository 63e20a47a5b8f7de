import type { INodeProperties } from 'n8n-workflow';

import { asEntered, refuse } from '../../helpers/parameters';
import type { Run } from '../../helpers/run';

/** Units of one order id are numbered with 32-bit integers. */
export const HIGHEST_INDEX = 2_147_483_647;

export const orderIdDescription: INodeProperties = {
	displayName: 'Order ID',
	name: 'orderId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. MO-00042',
	description:
		'ID of the order in the ERP. Pico stores each combination of operation, order ID and index only once, and returns the ID with each completion.',
};

/** @throws PicoFailure for an empty one, unless `mayBeEmpty` */
export function readOrderId(run: Run, item: number, mayBeEmpty = false): string {
	const orderId = asEntered(run.parameter('orderId', item, ''));
	if (orderId.trim() !== '') return orderId;
	if (mayBeEmpty) return '';
	throw refuse(
		'Order ID',
		'is empty',
		"Without it, Pico cannot tell a repeat from a new order. For an operation with a single process, you can turn on the option 'Save Without Order ID'.",
	);
}
