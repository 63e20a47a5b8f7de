import type { Part } from './part.mts';
export const triggers: Part = { title: 't', about: '', measure: async () => [], panels: () => [] };
