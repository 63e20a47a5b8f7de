import { FatalError, until } from '../../../demo/lib/poll.mts';
import type { Credential, Workflow } from '../../../demo/lib/workflows.mts';
import { chain } from '../../n8n/kit/workflows.mts';
import { packed, type Places } from '../kit/places.mts';
import { startServer, type Server } from '../kit/processes.mts';
import { RealN8n } from '../kit/realN8n.mts';

/** Feeds of the prepared server; each trigger of ours has its own. */
const FEEDS = ['start', 'startedOnly', 'finished', 'backlog'] as const;
type Feed = (typeof FEEDS)[number];
/** The feed of n8n's own SSE Trigger. */
export const PLAIN = 'plain';

/** Workflows of the bench by what they are for. */
export const IDS = {
	ourStart: 'benchOurStart001',
	sseStart: 'benchSseStart001',
	pollStart: 'benchPollStart01',
	ourRunsStarted: 'benchOurStarted1',
	ourRunsFinished: 'benchOurFinished',
	sseRuns: 'benchSseRuns0001',
	/** One for each round, since a trigger never starts an event twice; and one with fewer events in each run. */
	ourBacklog: ['benchOurBacklog1', 'benchOurBacklog2', 'benchOurBacklog3'],
	ourSmallRuns: 'benchOurSmallRun',
	pagedBacklog: 'benchPagedBackl1',
} as const;

/** Events for one run of our trigger in a backlog, and the smaller number reported beside it. */
export const EVENTS_PER_RUN = 500;
export const FEWER_PER_RUN = 100;
/** Items for one turn of the loop of the paging workflow, and rows of a page. */
export const PAGE = 100;
const POLL_EMPTY_SECONDS = 5;
/** As in every n8n: how soon a workflow runs again after a start is measured. */
const OWN_PACE = { N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '15000' };

type Step = Parameters<typeof chain>[2][number];

const credentials = (server: string): Credential[] =>
	FEEDS.map((feed) => ({ id: `bench-${feed}`, name: feed, type: 'picoApi', data: { endpoint: `${server}/${feed}/v2`, token: 'bench-token', ignoreTlsIssues: false } }));

/** @param pollSeconds how often the polling workflow asks */
function workflows(server: string, pollSeconds: number): Array<Workflow & { id: string }> {
	const sse: Step = { name: 'Trigger', type: 'n8n-nodes-base.sseTrigger', typeVersion: 1, parameters: { url: `${server}/${PLAIN}` } };
	const ours = (feed: Feed, parameters: Record<string, unknown>): Step => ({
		name: 'Trigger',
		type: 'n8n-nodes-pico-mes.picoTrigger',
		typeVersion: 1,
		parameters: { event: 'orderCompleted', ...parameters },
		credentials: { picoApi: { id: `bench-${feed}`, name: feed } },
	});
	const schedule = (seconds: number): Step => {
		const interval = seconds % 60 === 0 ? { field: 'minutes', minutesInterval: seconds / 60 } : { field: 'seconds', secondsInterval: seconds };
		return { name: 'Schedule', type: 'n8n-nodes-base.scheduleTrigger', typeVersion: 1.2, parameters: { rule: { interval: [interval] } } };
	};
	const http = (name: string, parameters: Record<string, unknown>, more: Partial<Step> = {}): Step => ({ name, type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, parameters: { options: {}, ...parameters }, ...more });
	const collect = (body: string, more: Partial<Step> = {}): Step =>
		http('Collect', { method: 'POST', url: `${server}/collect`, sendBody: true, specifyBody: 'json', jsonBody: `={{ JSON.stringify(${body}) }}` }, more);
	const nothing: Step = { name: 'Nothing', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
	const query = '{ operationOrderCompletes { externalOrderId at endState { producedSerial } } }';
	const ask: Step = { name: 'Ask', type: 'n8n-nodes-base.graphql', typeVersion: 1.1, parameters: { authentication: 'none', endpoint: `${server}/graph/v2`, requestFormat: 'json', query } };
	const backlog = (id: string, eventsPerRun: number) =>
		chain(id, id, [ours('backlog', { startFrom: 'earliest', output: 'raw', options: { eventsPerRun } }), collect("{ items: $('Trigger').all().length }", { executeOnce: true })]);

	// Every page into one list of items, then a loop over batches of them: what n8n's editor leads to.
	const pagination = {
		paginationMode: 'updateAParameterInEachRequest',
		parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount }}' }] },
		paginationCompleteWhen: 'other',
		completeExpression: `={{ $response.body.rows.length < ${PAGE} }}`,
		requestInterval: 0,
	};
	const paged = chain(IDS.pagedBacklog, IDS.pagedBacklog, [
		schedule(POLL_EMPTY_SECONDS),
		http('Pages', { url: `${server}/pages`, options: { pagination: { pagination } } }),
		{ name: 'Split', type: 'n8n-nodes-base.splitOut', typeVersion: 1, parameters: { fieldToSplitOut: 'rows', options: {} } },
		{ name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3, parameters: { batchSize: PAGE, options: {} } },
		collect("{ items: $('Loop').all(1).length }", { executeOnce: true }),
	]);
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	Object.assign(paged.connections, { Loop: { main: [[], to('Collect')] }, Collect: { main: [to('Loop')] } });

	const flow = (id: string, ...steps: Step[]) => chain(id, id, steps);
	return [
		flow(IDS.ourStart, ours('start', {}), collect('{ serial: $json.producedSerial }')),
		flow(IDS.sseStart, sse, collect('{ serial: $json.endState.producedSerial }')),
		flow(IDS.pollStart, schedule(pollSeconds), ask, collect('{ polled: $json.data.operationOrderCompletes.map((row) => row.endState.producedSerial) }')),
		flow(IDS.ourRunsStarted, ours('startedOnly', { deliverNext: 'immediately' }), nothing),
		flow(IDS.ourRunsFinished, ours('finished', { deliverNext: 'afterFinish' }), nothing),
		flow(IDS.sseRuns, sse, nothing),
		...IDS.ourBacklog.map((id) => backlog(id, EVENTS_PER_RUN)),
		backlog(IDS.ourSmallRuns, FEWER_PER_RUN),
		paged,
	];
}

interface FlowsOptions {
	/** Past completions that the server holds. */
	rows: number;
	/** How often the polling workflow asks. */
	pollSeconds: number;
}

interface Times {
	/** Events in the order of writing, each named by the time of it (nanoseconds). */
	written: string[];
	/** Time of the first call that came of each event. */
	arrived: Record<string, string>;
	polled: Record<string, string>;
}

/** A real n8n with all workflows of the bench, and the prepared server that they talk to. */
export class FlowsServer {
	private constructor(
		readonly n8n: RealN8n,
		readonly server: Server,
		readonly options: FlowsOptions,
	) {}

	static async start(places: Places, options: FlowsOptions): Promise<FlowsServer> {
		const server = await startServer(places, options);
		try {
			const n8n = await RealN8n.create({ tarballs: [await packed(places)], credentials: credentials(server.url), workflows: workflows(server.url, options.pollSeconds), extra: OWN_PACE });
			await n8n.start();
			return new FlowsServer(n8n, server, options);
		} catch (error) {
			await server.close();
			throw error;
		}
	}

	/** Switches a workflow on and waits until its trigger listens on its feed. */
	async listen(id: string, feed: string): Promise<void> {
		await this.n8n.activate(id);
		await until(`${id} to listen`, async () => ((await this.state()).feeds[feed] ?? 0) === 1);
	}

	async state(): Promise<{ feeds: Record<string, number>; items: number; polls: number }> {
		return await this.server.call('state');
	}

	async times(): Promise<Times> {
		return await this.server.call<Times>('times');
	}

	/** Finished runs of a workflow, and when the last one ended, milliseconds since 1970. @throws Error when one failed */
	async finished(id: string): Promise<{ runs: number; lastAt: number }> {
		const [row] = await this.n8n.query(
			`SELECT SUM(status = 'success') AS runs, SUM(status NOT IN ('success', 'new', 'running')) AS failed, MAX(stoppedAt) AS last
			FROM execution_entity WHERE workflowId = ?`,
			id,
		);
		if (Number(row.failed ?? 0) > 0) throw new FatalError(`${row.failed} runs of ${id} failed`);
		return { runs: Number(row.runs ?? 0), lastAt: Date.parse(`${String(row.last ?? '').replace(' ', 'T').replace(/Z$/, '')}Z`) };
	}

	/** Waits until so many runs of a workflow finished. @returns when the last one ended, milliseconds since 1970 */
	async untilFinished(id: string, runs: number, timeoutMs: number): Promise<number> {
		const enough = async () => {
			const now = await this.finished(id);
			return now.runs >= runs && now;
		};
		const done = await until(`${runs} runs of ${id}`, enough, { timeoutMs, everyMs: 300 });
		if (done.runs > runs) throw new Error(`${done.runs} runs of ${id} instead of ${runs}`);
		return done.lastAt;
	}

	async close(): Promise<void> {
		await this.n8n.remove();
		await this.server.close();
	}
}
