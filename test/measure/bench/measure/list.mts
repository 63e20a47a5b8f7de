import { N8nCore, type Access, type Given } from '../lib/n8n.mts';
import { timed } from '../lib/timed.mts';

export interface ListInput extends Given, Access {
	/** The document that our node sends once it knows the server; empty: only our first call is measured. */
	document: string;
	rounds: number;
	first: 'ours' | 'peer' | 'none';
}

export interface ListResult {
	ours: number[];
	peer: number[];
	oursCpu: number[];
	peerCpu: number[];
	oursItems: number;
	peerRows: number;
	firstMs: number;
}

const OURS = { resource: 'operation', operation: 'getAll', returnAll: true, output: 'raw', filters: { includeArchived: true } };
const EXECUTIONS = 5;

/** Lists all operations with our node and with n8n's GraphQL node, in turns; the first turn warms up. */
export async function measure(input: ListInput): Promise<ListResult> {
	const n8n = new N8nCore(input);
	const pico = n8n.pico();
	const graphql = n8n.own('GraphQL/GraphQL.node.js', 'GraphQL');
	const result: ListResult = { ours: [], peer: [], oursCpu: [], peerCpu: [], oursItems: 0, peerRows: 0, firstMs: 0 };

	const ours = async () => {
		const items = await n8n.run(pico, OURS, input);
		result.oursItems = items.length;
	};
	const peer = async () => {
		const parameters = {
			authentication: 'headerAuth',
			endpoint: input.endpoint,
			requestFormat: 'json',
			responseFormat: 'json',
			query: input.document,
		};
		const [item] = await n8n.run(graphql, parameters, input);
		result.peerRows = ((item.json.data as { operations: unknown[] }) ?? { operations: [] }).operations.length;
	};

	if (input.first !== 'none') {
		result.firstMs = (await timed(input.first === 'ours' ? ours : peer)).ms;
		return result;
	}
	for (let round = 0; round <= input.rounds; round++) {
		const own = await timed(async () => await repeat(ours));
		const other = await timed(async () => await repeat(peer));
		if (round === 0) continue;
		result.ours.push(own.ms);
		result.oursCpu.push(own.cpuMs);
		result.peer.push(other.ms);
		result.peerCpu.push(other.cpuMs);
	}
	return result;
}

/** One run is several executions, so that the noise of a single one does not decide. */
async function repeat(work: () => Promise<void>): Promise<void> {
	for (let execution = 0; execution < EXECUTIONS; execution++) await work();
}
