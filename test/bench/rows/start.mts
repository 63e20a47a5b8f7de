import { join } from 'node:path';

import { N8nSession } from '../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../demo/lib/n8n.mts';
import { findHost } from '../../../demo/lib/host.mts';
import { installTarball, packPackage } from '../../../demo/lib/package.mts';
import { until } from '../../../demo/lib/poll.mts';
import {
	importCredentials,
	importWorkflows,
	publishWorkflows,
	type Workflow,
	type WorkflowNode,
} from '../../../demo/lib/workflows.mts';
import { startServer } from '../lib/processes.mts';
import { sameCount, type Row } from '../lib/row.mts';
import { distribution, series } from '../lib/stats.mts';
import type { Measure } from './context.mts';

const EVENTS = 200;
const WARM_UP = 20;
const PAUSE_MS = 50;

interface Times {
	/** Time of each event by its number. */
	written: string[];
	/** Time of the call that came of it, by the time of the event. */
	arrived: Record<string, string>;
}

/** How long after the server's write the first node of a workflow runs, in a real n8n, beside n8n's own SSE Trigger. */
export const startOfRun: Measure = async ({ places, say }) => {
	const server = await startServer(places, { rows: 0 });
	const userFolder = join(places.scratch, 'n8n');
	const n8n = await N8n.prepare({ host: findHost(places.root), userFolder, root: places.root });
	try {
		say('installing the package in a fresh n8n');
		await installTarball(await packPackage(places.pico, places.scratch), userFolder);
		const credential = {
			id: 'bench-pico',
			name: 'Pico',
			type: 'picoApi',
			data: { endpoint: `${server.url}/graph/v2`, token: 'bench', ignoreTlsIssues: false },
		};
		await importCredentials(n8n, [credential]);
		const workflows = [
			workflow('bench-pico', server.url, '={{ JSON.stringify({ serial: $json.producedSerial }) }}', {
				type: 'n8n-nodes-pico-mes.picoTrigger',
				parameters: { event: 'orderCompleted' },
				credentials: { picoApi: { id: credential.id, name: credential.name } },
			}),
			workflow('bench-sse', server.url, '={{ JSON.stringify({ serial: $json.endState.producedSerial }) }}', {
				type: 'n8n-nodes-base.sseTrigger',
				parameters: { url: `${server.url}/plain` },
			}),
		];
		await importWorkflows(n8n, workflows);
		await publishWorkflows(
			n8n,
			workflows.map(({ id }) => String(id)),
		);
		say('starting n8n');
		await n8n.start();
		await N8nSession.open(n8n.url);
		await until('both triggers to connect', async () => {
			const { streams, plain } = await server.call<{ streams: number; plain: number }>('state');
			return streams === 1 && plain === 1;
		});
		say('writing events');
		await write(server, WARM_UP * 2);
		const { written, arrived } = await write(server, EVENTS * 2);
		const latencies = (side: number) =>
			written
				.filter((_, number) => number % 2 === side && arrived[written[number]])
				.map((time) => Number(BigInt(arrived[time]) - BigInt(time)) / 1e6);
		const [ours, peer] = [latencies(0), latencies(1)];
		sameCount('runs started', EVENTS, { 'our trigger': ours.length, 'the SSE Trigger': peer.length });
		return table(ours, peer);
	} finally {
		await n8n.stop();
		await server.close();
	}
};

async function write(server: Awaited<ReturnType<typeof startServer>>, count: number): Promise<Times> {
	await server.call('fresh');
	await server.call('write', { count, everyMs: PAUSE_MS, to: 'both', untilCollected: true });
	return await server.call<Times>('times');
}

function table(ours: number[], peer: number[]): Row[] {
	const [own, other] = [distribution(ours), distribution(peer)];
	const more = own.p50 - other.p50;
	const sides = (which: 'p50' | 'p99') => ({
		unit: 'ms',
		ours: { ...series(ours), median: own[which], values: [] },
		peer: { name: 'SSE Trigger', ...series(peer), median: other[which], values: [] },
	});
	return [
		{
			what: 'Server write to first node in a real n8n, p50',
			...sides('p50'),
			result: more,
			shown: `${more >= 0 ? '+' : ''}${more.toFixed(1)} ms`,
			target: { text: '<= +10 ms', met: more <= 10 },
			notes: [
				`${EVENTS} events each, in turns, each ${PAUSE_MS} ms after the run of the one before began. The first node calls the bench's server, on both sides.`,
			],
		},
		{ what: 'The same, p99', ...sides('p99'), result: own.p99, shown: `${own.p99.toFixed(1)} ms` },
	];
}

function workflow(
	id: string,
	server: string,
	body: string,
	trigger: Pick<WorkflowNode, 'type' | 'parameters' | 'credentials'>,
): Workflow {
	const place = (index: number): [number, number] => [index * 220, 0];
	const request = {
		method: 'POST',
		url: `${server}/collect`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: body,
		options: {},
	};
	return {
		id,
		name: id,
		active: false,
		nodes: [
			{ id: `${id}-1`, name: 'Trigger', typeVersion: 1, position: place(0), ...trigger },
			{
				id: `${id}-2`,
				name: 'Collect',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				position: place(1),
				parameters: request,
			},
		],
		connections: { Trigger: { main: [[{ node: 'Collect', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
		pinData: {},
	};
}
