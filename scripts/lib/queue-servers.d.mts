import type { Steps } from './command-line.d.mts';

export function prepareQueue(steps: Pick<Steps, 'run'>): Promise<{ ready?: boolean; skipped?: string }>;
