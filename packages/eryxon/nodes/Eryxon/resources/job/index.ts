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
			description: 'Create a new job and all that is below it in one call (writes to Eryxon; a job number occurs once)',
		},
		properties: describeCreate,
	},
]);
