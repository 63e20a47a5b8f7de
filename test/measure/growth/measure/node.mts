import type { IDataObject } from 'n8n-workflow';

import { N8nCore, type Access, type Given } from '../../bench/lib/n8n.mts';
import { timed } from '../../bench/lib/timed.mts';

export interface NodeInput extends Given, Access {
	/** Parameters of the Pico MES node. */
	parameters: IDataObject;
	rounds: number;
	/** Executions in each round: short ones need several to be worth a time. */
	executions: number;
}

export interface NodeResult {
	/** One execution, milliseconds, for each round. */
	ms: number[];
	/** Processor time of this process for it. */
	cpuMs: number[];
	items: number;
	/** Of the items as JSON, characters. */
	chars: number;
}

/** Executions of the Pico MES node on n8n's workflow engine, after two that warm up. */
export async function measure(input: NodeInput): Promise<NodeResult> {
	const n8n = new N8nCore(input);
	const pico = n8n.pico();
	const execute = async () => await n8n.run(pico, input.parameters, input);
	await execute();
	const items = await execute();
	const result: NodeResult = { ms: [], cpuMs: [], items: items.length, chars: JSON.stringify(items.map(({ json }) => json)).length };
	for (let round = 0; round < input.rounds; round++) {
		const { ms, cpuMs } = await timed(async () => {
			for (let count = 0; count < input.executions; count++) await execute();
		});
		result.ms.push(ms / input.executions);
		result.cpuMs.push(cpuMs / input.executions);
	}
	return result;
}
