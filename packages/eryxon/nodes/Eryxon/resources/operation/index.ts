import { operation } from '../../../shared/core/entities/operation';
import { descriptionOf, operationsOf } from '../records';
import { describeStep, STEPS, takeStep, type Step } from './lifecycle';
import { describeReport, reportQuantity } from './report';

const steps = Object.keys(STEPS) as Step[];

export const operations = {
	...operationsOf(operation),
	...Object.fromEntries(steps.map((step) => [step, takeStep(step)])),
	reportQuantity,
};

export const description = descriptionOf(operation, [
	...steps.map((step) => ({
		option: {
			name: STEPS[step].name,
			value: step,
			action: `${STEPS[step].name} operation`,
			description: `${STEPS[step].description} (writes to Eryxon)`,
		},
		properties: describeStep(step),
	})),
	{
		option: {
			name: 'Report Quantity',
			value: 'reportQuantity',
			action: 'Report quantity of operation',
			description: 'Report good, scrap and rework of an operation (writes to Eryxon; a repeat counts twice unless it has a report key)',
		},
		properties: describeReport,
	},
]);
