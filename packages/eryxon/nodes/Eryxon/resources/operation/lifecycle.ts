import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { asFailure, EryxonFailure } from '../../../shared/api/failure';
import { isObject } from '../../../shared/core/answers';
import { operation } from '../../../shared/core/entities/operation';
import { asText, isUuid } from '../../../shared/core/values';
import { locate, locatorDescription } from '../../helpers/locator';
import { refuse } from '../../helpers/parameters';
import type { Execute } from '../../helpers/run';
import { optionsOf } from '../records/options';
import { fetchRow } from '../records/get';

/** What is done on the shop floor, and the status it leads to. */
export const STEPS = {
	start: { name: 'Start', to: 'in_progress', description: 'Start work on an operation' },
	pause: { name: 'Pause', to: 'on_hold', description: 'Interrupt work on an operation' },
	resume: { name: 'Resume', to: 'in_progress', description: 'Continue an operation that is on hold' },
	complete: { name: 'Complete', to: 'completed', description: 'Finish an operation that was started' },
} as const;

export type Step = keyof typeof STEPS;

const doneCounts: INodeProperties = {
	displayName: 'Ignore If Already Done',
	name: 'doneOk',
	type: 'boolean',
	default: false,
	description: 'Whether to continue if the operation already has the status, for example when a run is repeated',
};

const operator: INodeProperties = {
	displayName: 'Operator ID',
	name: 'operatorId',
	type: 'string',
	default: '',
	description: 'Person whose time is recorded. Without one, versions 0.2 to 0.9 record no time.',
};

export const describeStep = (step: Step): INodeProperties[] => [
	locatorDescription(operation),
	...optionsOf(step === 'start' || step === 'resume' ? [doneCounts, operator] : [doneCounts]),
];

export const takeStep = (step: Step): Execute => ({
	each: async (run, item) => {
		const id = await locate(run, item, operation);
		const operatorId = asText(run.option('operatorId', item));
		if (operatorId !== '' && !isUuid(operatorId)) throw refuse('Operator ID', `is ${operatorId.slice(0, 60)}, which is not an Eryxon ID`, 'You find the IDs of operators in time entries and reported quantities.');
		try {
			const { data } = await run.client.send({
				method: 'POST',
				path: `api-operation-lifecycle/${step}`,
				query: { id, ...(operatorId === '' ? {} : { user_id: operatorId }) },
				body: {},
				signal: run.signal,
			});
			const { previous_status, new_status, operation: row } = isObject(data) ? data : {};
			return [{ id, changed: true, status: new_status, previous_status, operation: row } as IDataObject];
		} catch (error) {
			const failure = asFailure(error);
			if (failure.kind !== 'refused' || run.option('doneOk', item) !== true) throw advised(failure);
			const row = await fetchRow(run, operation, id);
			if (row?.status !== STEPS[step].to) throw advised(failure);
			return [{ id, changed: false, status: row.status, previous_status: row.status, operation: row } as IDataObject];
		}
	},
});

function advised(failure: EryxonFailure): EryxonFailure {
	if (failure.kind !== 'refused' || failure.details.hint) return failure;
	return failure.with({ hint: "Eryxon does not allow this now. Turn on 'Ignore If Already Done' to continue after a repeat." });
}
