import { job } from '../../../shared/core/entities/job';
import { descriptionOf, operationsOf } from '../records';
import { create, describeCreate } from './create';

export const operations = { ...operationsOf(job), create };

export const description = descriptionOf(job, [
	{
		option: {
			name: 'Create With Parts and Operations',
			value: 'create',
			action: 'Create job with parts and operations',
			description: 'Create a new job with its parts and operations in one call (writes to Eryxon; job numbers are unique)',
		},
		properties: describeCreate,
	},
]);
