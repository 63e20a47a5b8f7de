import { job } from '../../../shared/core/entities/job';
import { descriptionOf, operationsOf } from '../records';

export const operations = operationsOf(job);

export const description = descriptionOf(job);
