import type { IDataObject } from 'n8n-workflow';

import { graphqlFailure } from '../../../shared/api/classify';
import { asEntered, jsonObject, option, refuse } from '../../helpers/parameters';
import type { Execute } from '../../helpers/run';
import { operationTypes } from './operationTypes';

export const execute: Execute = async (run, item) => {
	const document = asEntered(run.parameter('query', item, '')).trim();
	if (document === '') throw refuse('Query', 'is empty', 'Enter a GraphQL query, for example { operations { id name } }');
	const variables = jsonObject(run.parameter('variables', item, '{}'), 'Variables');
	const types = operationTypes(document);
	if (types.has('subscription')) {
		throw refuse('Query', 'is a subscription', "Use the Pico MES Trigger for live events, or 'Get Many' of completions and notes for past ones.");
	}
	const { data, errors } = await run.raw({ document, variables, repeatable: !types.has('mutation') });
	if (errors.length === 0) return asItems(data, option(run, item, 'options.splitIntoItems') === true);
	if (option(run, item, 'options.partialData') !== true) throw graphqlFailure(errors, undefined, data);
	run.warn(`Pico sent only part of the data: ${errors.map(({ message }) => message).join('; ')}`);
	return [{ ...data, _errors: errors } as unknown as IDataObject];
};

function asItems(data: Record<string, unknown>, split: boolean): IDataObject[] {
	const values = Object.values(data);
	const [list] = values;
	if (split && values.length === 1 && Array.isArray(list)) {
		return list.map((entry) => (typeof entry === 'object' && entry !== null ? entry : { value: entry }) as IDataObject);
	}
	return [data as IDataObject];
}
