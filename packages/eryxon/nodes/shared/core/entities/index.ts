import { cell } from './cell';
import { job } from './job';
import { operation } from './operation';
import { part } from './part';
import { resource } from './resource';
import type { Entity, EntityName } from './types';

export const ENTITIES: Record<EntityName, Entity> = { job, part, operation, cell, resource };

/** Parents come before their children. */
export const ORDER = 'cells, resources, jobs, parts, operations';

export * from './types';
