import { resource } from '../../../shared/core/entities/resource';
import { descriptionOf, operationsOf } from '../records';

export const operations = operationsOf(resource);

export const description = descriptionOf(resource);
