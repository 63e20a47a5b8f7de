import { operation } from '../../../shared/core/entities/operation';
import { descriptionOf, operationsOf } from '../records';

export const operations = operationsOf(operation);

export const description = descriptionOf(operation);
