import { NodeOperationError, type IDataObject, type IHookFunctions, type ITriggerFunctions, type IWebhookFunctions } from 'n8n-workflow';

import { eventKind } from '../events/kinds';
import { isPerSerial } from '../events/lines';
import type { OutputMode } from '../events/shape';
import { canAttach } from './attach';
import type { EventChoice } from './settings';

/** Any context in which a trigger reads its parameters. */
export type TriggerContext = ITriggerFunctions | IHookFunctions | IWebhookFunctions;

/** Reads the parameters that both triggers have. */
export function readChoice(context: TriggerContext): EventChoice {
	const read = (name: string, fallback: unknown) => context.getNodeParameter(name, fallback);
	const options = read('options', {}) as IDataObject;
	const kind = eventKind(String(read('event', 'orderCompleted')));
	return {
		kind,
		products: (read('products', []) as string[]).map(String),
		orderFilter: String(options.orderFilter ?? '').trim(),
		output: read('output', 'simplified') as OutputMode,
		fields: read('fields', []) as string[],
		perSerial: isPerSerial(kind, options.itemPer),
		lookbackMs: whole(context, 'Look-Back Window (Seconds)', options.lookBackWindow ?? 300, 0, 86_400) * 1_000,
		resetKey: String(options.positionResetKey ?? ''),
		attachStructure: options.attachStructure === true && canAttach(kind),
		owner: { workflowId: String(context.getWorkflow().id ?? ''), nodeId: context.getNode().id },
	};
}

/** @throws NodeOperationError unless the value is a whole number within the bounds */
export function whole(context: TriggerContext, name: string, value: unknown, least: number, most: number): number {
	const number = Number(value);
	if (Number.isInteger(number) && number >= least && number <= most) return number;
	throw new NodeOperationError(context.getNode(), `'${name}' must be a whole number from ${least} to ${most}`, {
		description: `It is now '${String(value)}'.`,
	});
}
