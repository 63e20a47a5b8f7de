import { runOnEngine, type NodeRun, type NodeRunOptions as Options } from '../../../../test/kit/nodeRun.mts';
import { EryxonApi } from '../../credentials/EryxonApi.credentials.ts';
import { Eryxon } from '../../nodes/Eryxon/Eryxon.node.ts';
import type { Access } from './access.mts';

export type NodeRunOptions = Options<Access>;
export type { NodeRun };

const ERYXON = { type: 'n8n-nodes-eryxon.eryxon', name: 'Eryxon MES', node: () => new Eryxon(), credential: new EryxonApi() };

/** Runs the Eryxon MES node. */
export const runNode = async (options: NodeRunOptions): Promise<NodeRun> => await runOnEngine(ERYXON, options);
