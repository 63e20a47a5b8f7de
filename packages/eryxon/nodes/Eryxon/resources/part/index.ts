import { part } from '../../../shared/core/entities/part';
import { descriptionOf, operationsOf } from '../records';

export const operations = operationsOf(part);

export const description = descriptionOf(part);
