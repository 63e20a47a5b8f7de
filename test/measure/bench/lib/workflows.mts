import type { Credential, Workflow, WorkflowNode } from '../../../../demo/lib/workflows.mts';

/** Feeds of the bench's server; each trigger of ours has its own. */
export const FEEDS = ['start', 'startedOnly', 'finished', 'backlog'] as const;
export type Feed = (typeof FEEDS)[number];

/** Workflows of the bench by what they are for. */
export const IDS = {
	ourStart: 'benchOurStart001',
	sseStart: 'benchSseStart001',
	pollStart: 'benchPollStart01',
	ourRunsStarted: 'benchOurStarted1',
	ourRunsFinished: 'benchOurFinished',
	sseRuns: 'benchSseRuns0001',
	/** One for each round: a trigger never starts an event twice. */
	ourBacklog: ['benchOurBacklog1', 'benchOurBacklog2', 'benchOurBacklog3'],
	pagedBacklog: 'benchPagedBackl1',
} as const;

/** Events for one run of our trigger, and for one turn of the loop of the paging workflow. */
export const BATCH = 100;
const POLL_EMPTY_SECONDS = 5;

type Step = Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters'> & Partial<WorkflowNode>;

export const credentials = (server: string): Credential[] =>
	FEEDS.map((feed) => ({
		id: `bench-${feed}`,
		name: feed,
		type: 'picoApi',
		data: { endpoint: `${server}/${feed}/v2`, token: 'bench-token', ignoreTlsIssues: false },
	}));

/** @param pollSeconds how often the polling workflow asks */
export function workflows(server: string, pollSeconds: number): Workflow[] {
	const sse: Step = { name: 'Trigger', type: 'n8n-nodes-base.sseTrigger', typeVersion: 1, parameters: { url: `${server}/plain` } };
	const ours = (feed: Feed, parameters: Record<string, unknown>): Step => ({
		name: 'Trigger',
		type: 'n8n-nodes-pico-mes.picoTrigger',
		typeVersion: 1,
		parameters: { event: 'orderCompleted', ...parameters },
		credentials: { picoApi: { id: `bench-${feed}`, name: feed } },
	});
	const schedule = (seconds: number): Step => ({
		name: 'Schedule',
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: {
			rule: {
				interval: [
					seconds % 60 === 0
						? { field: 'minutes', minutesInterval: seconds / 60 }
						: { field: 'seconds', secondsInterval: seconds },
				],
			},
		},
	});
	const collect = (body: string, extra: Partial<WorkflowNode> = {}): Step => ({
		name: 'Collect',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url: `${server}/collect`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ JSON.stringify(${body}) }}`,
			options: {},
		},
		...extra,
	});
	const nothing: Step = { name: 'Nothing', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
	const ask: Step = {
		name: 'Ask',
		type: 'n8n-nodes-base.graphql',
		typeVersion: 1.1,
		parameters: {
			authentication: 'none',
			endpoint: `${server}/graph/v2`,
			requestFormat: 'json',
			query: '{ operationOrderCompletes { externalOrderId at endState { producedSerial } } }',
		},
	};
	return [
		line(IDS.ourStart, [ours('start', {}), collect('{ serial: $json.producedSerial }')]),
		line(IDS.sseStart, [sse, collect('{ serial: $json.endState.producedSerial }')]),
		line(IDS.pollStart, [
			schedule(pollSeconds),
			ask,
			collect('{ polled: $json.data.operationOrderCompletes.map((row) => row.endState.producedSerial) }'),
		]),
		line(IDS.ourRunsStarted, [ours('startedOnly', { deliverNext: 'immediately' }), nothing]),
		line(IDS.ourRunsFinished, [ours('finished', { deliverNext: 'afterFinish' }), nothing]),
		line(IDS.sseRuns, [sse, nothing]),
		...IDS.ourBacklog.map((id) =>
			line(id, [
				ours('backlog', { startFrom: 'earliest', output: 'raw', options: { eventsPerRun: BATCH } }),
				collect("{ items: $('Trigger').all().length }", { executeOnce: true }),
			]),
		),
		pagedBacklog(schedule(POLL_EMPTY_SECONDS), server, collect("{ items: $('Loop').all(1).length }", { executeOnce: true })),
	];
}

/** Every page into one list of items, then a loop over batches of them: what n8n's editor leads to. */
function pagedBacklog(schedule: Step, server: string, collect: Step): Workflow {
	const pages: Step = {
		name: 'Pages',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			url: `${server}/pages`,
			options: {
				pagination: {
					pagination: {
						paginationMode: 'updateAParameterInEachRequest',
						parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount }}' }] },
						paginationCompleteWhen: 'other',
						completeExpression: `={{ $response.body.rows.length < ${BATCH} }}`,
						requestInterval: 0,
					},
				},
			},
		},
	};
	const split: Step = { name: 'Split', type: 'n8n-nodes-base.splitOut', typeVersion: 1, parameters: { fieldToSplitOut: 'rows', options: {} } };
	const loop: Step = { name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3, parameters: { batchSize: BATCH, options: {} } };
	const workflow = line(IDS.pagedBacklog, [schedule, pages, split, loop, collect]);
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	workflow.connections.Loop = { main: [[], to('Collect')] };
	workflow.connections.Collect = { main: [to('Loop')] };
	return workflow;
}

/** Nodes one after the other. */
function line(id: string, steps: Step[]): Workflow {
	const nodes = steps.map((step, index) => ({ ...step, id: `${id}-${index}`, position: [index * 220, 0] as [number, number] }));
	const links = nodes
		.slice(0, -1)
		.map(({ name }, index) => [name, { main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] }]);
	return {
		id,
		name: id,
		active: false,
		nodes,
		connections: Object.fromEntries(links) as Workflow['connections'],
		settings: { executionOrder: 'v1' },
		pinData: {},
	};
}
