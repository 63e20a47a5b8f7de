import type { Model } from '../database.mts';
import { baseModels } from './base.mts';
import { mrpModels } from './mrp.mts';
import { productModels } from './product.mts';
import { stockModels } from './stock.mts';

export const models: readonly Model[] = [...mrpModels, ...productModels, ...stockModels, ...baseModels];
