import type { IDataObject } from 'n8n-workflow';

import { PicoTrigger } from '../../../nodes/PicoTrigger/PicoTrigger.node.ts';

/** Older names of parameters, with the older names of their values. */
const OLDER: Record<string, { name: string; values?: Record<string, string> }> = {
	deliverNext: { name: 'moveOn', values: { afterFinish: 'finished', afterSuccess: 'succeeded', immediately: 'started' } },
	output: { name: 'output', values: { raw: 'full' } },
	afterRestart: { name: 'afterUncleanStop', values: { skip: 'never' } },
	afterLastAttempt: { name: 'afterLastAttempt', values: { recordFailure: 'skip', keepRetrying: 'hold' } },
	connectionTimeout: { name: 'silenceLimit' },
	lookBackWindow: { name: 'lookBack' },
	positionResetKey: { name: 'resetToken' },
};

const IS_OLD = !new PicoTrigger().description.properties.some(({ name }) => name === 'deliverNext');

/** Parameters of the triggers under the names that the nodes know. */
export function named(parameters: IDataObject): IDataObject {
	if (!IS_OLD) return parameters;
	return Object.fromEntries(
		Object.entries(parameters).map(([key, value]) => {
			if (key === 'options') return [key, named(value as IDataObject)];
			const { name, values = {} } = OLDER[key] ?? { name: key };
			return [name, typeof value === 'string' ? (values[value] ?? value) : value];
		}),
	);
}
