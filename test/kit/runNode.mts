import { Pico } from '../../nodes/Pico/Pico.node.ts';
import { PicoApi } from '../../credentials/PicoApi.credentials.ts';
import { runOnEngine, type NodeRun, type NodeRunOptions as Options } from './nodeRun.mts';
import type { Access } from './picoAccess.mts';

export type NodeRunOptions = Options<Access>;
export type { NodeRun };

const PICO = { type: 'n8n-nodes-pico-mes.pico', name: 'Pico MES', node: () => new Pico(), credential: new PicoApi() };

/** Runs the Pico MES node. */
export const runNode = async (options: NodeRunOptions): Promise<NodeRun> => await runOnEngine(PICO, options);
