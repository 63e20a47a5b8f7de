import { cell } from '../../../shared/core/entities/cell';
import { descriptionOf, operationsOf } from '../records';

export const operations = operationsOf(cell);

export const description = descriptionOf(cell);
