import { until } from './poll.mts';

/** The account that is made on an empty n8n; it exists on this machine's loopback only. */
export const OWNER = {
	email: 'demo@pico.local',
	firstName: 'Demo',
	lastName: 'Owner',
	password: 'PicoDemo1',
} as const;

const API_SCOPES = [
	'execution:list',
	'execution:read',
	'workflow:list',
	'workflow:read',
	'workflow:activate',
	'workflow:deactivate',
];

/** One node's result inside an execution. */
export interface NodeRun {
	executionStatus?: string;
	error?: { message: string };
	data?: { main?: Array<Array<{ json: Record<string, unknown> }> | null> };
}

export interface Execution {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
	startedAt: string;
	stoppedAt: string | null;
	data?: {
		resultData: {
			runData: Record<string, NodeRun[]>;
			lastNodeExecuted?: string;
			error?: { message: string; description?: string | null };
		};
	};
}

/** A signed-in owner: the editor's REST API by cookie, the public API by key. */
export class N8nSession {
	private apiKey: string | undefined;

	private constructor(
		private readonly url: string,
		private readonly cookie: string,
	) {}

	/** Makes the owner on an empty n8n, or signs in as the owner that it has. */
	static async open(url: string): Promise<N8nSession> {
		const credentials = { emailOrLdapLoginId: OWNER.email, password: OWNER.password };
		const cookie =
			(await signIn(url, '/rest/owner/setup', OWNER)) ?? (await signIn(url, '/rest/login', credentials));
		if (!cookie) throw new Error(`n8n at ${url} refused the demo owner; remove the .demo folder to start afresh`);
		return new N8nSession(url, cookie);
	}

	/** A call as the editor makes it; resolves the `data` of the answer. */
	async rest<T>(method: string, path: string, body?: unknown): Promise<T> {
		const headers = { cookie: this.cookie, 'content-type': 'application/json' };
		const answer = await request<{ data: T }>(method, `${this.url}/rest${path}`, headers, body);
		return answer.data;
	}

	/** A call of n8n's public API. */
	async api<T>(method: string, path: string, body?: unknown): Promise<T> {
		this.apiKey ??= await this.newApiKey();
		const headers = { 'x-n8n-api-key': this.apiKey, 'content-type': 'application/json' };
		return await request<T>(method, `${this.url}/api/v1${path}`, headers, body);
	}

	private async newApiKey(): Promise<string> {
		const label = `demo ${new Date().toISOString()}`;
		const key = { label, expiresAt: null, scopes: API_SCOPES };
		return (await this.rest<{ rawApiKey: string }>('POST', '/api-keys', key)).rawApiKey;
	}

	/** State of each execution of a workflow, oldest first (at most the newest 100), those under way included. */
	async runs(workflowId: string): Promise<Array<Pick<Execution, 'id' | 'status' | 'mode'>>> {
		const query = new URLSearchParams({ limit: '100', filter: JSON.stringify({ workflowId }) });
		const { results } = await this.rest<{ results: Execution[] }>('GET', `/executions?${query}`);
		return results.map(({ id, status, mode }) => ({ id: String(id), status, mode })).sort(byId);
	}

	/** Ended executions of a workflow with their data, oldest first (at most the newest 250). */
	async executions(workflowId: string): Promise<Execution[]> {
		const query = new URLSearchParams({ workflowId, limit: '250', includeData: 'true' });
		const { data } = await this.api<{ data: Execution[] }>('GET', `/executions?${query}`);
		return data.map((execution) => ({ ...execution, id: String(execution.id) })).sort(byId);
	}

	/** Publishes the saved version; its triggers start at once. */
	async activate(workflowId: string): Promise<void> {
		await this.api('POST', `/workflows/${workflowId}/activate`);
	}

	/** Unpublishes, and waits until its triggers are closed, which n8n (2.41) does after it has answered. */
	async deactivate(workflowId: string): Promise<void> {
		await this.api('POST', `/workflows/${workflowId}/deactivate`);
		const status = async () => await this.rest<{ status: string }>('GET', `/workflows/${workflowId}/publication-status`).catch(() => undefined);
		await until(`${workflowId} to be unpublished`, async () => (await status())?.status !== 'in_progress', { timeoutMs: 60_000, everyMs: 50 });
	}

	/** Starts a run as the editor's "Execute workflow" does; resolves the id of the execution, if one began at once. */
	async runManually(workflowId: string, startNode: string): Promise<{ executionId?: string; waitingForWebhook?: boolean }> {
		return await this.rest('POST', `/workflows/${workflowId}/run`, { triggerToStartFrom: { name: startNode } });
	}

	/** The editor's "Test connection" of a credential. */
	async testCredential(credential: { id?: string; name: string; type: string; data: Record<string, unknown> }) {
		const credentials = { id: 'new', ...credential };
		return await this.rest<{ status: 'OK' | 'Error'; message: string }>('POST', '/credentials/test', { credentials });
	}

	/** A file that n8n serves to its editor, such as `/types/nodes.json` or an icon. */
	async file(path: string): Promise<Response> {
		return await fetch(`${this.url}${path}`, { headers: { cookie: this.cookie } });
	}
}

const byId = (a: { id: string }, b: { id: string }) => Number(a.id) - Number(b.id);

const ENDED = new Set(['success', 'error', 'crashed', 'canceled']);

/** Whether nothing more will come of an execution. */
export const hasRunEnded = ({ status }: { status: string }) => ENDED.has(status);

async function signIn(url: string, path: string, body: unknown): Promise<string | undefined> {
	const response = await fetch(`${url}${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	await response.arrayBuffer();
	if (!response.ok) return undefined;
	return response.headers.get('set-cookie')?.split(';')[0];
}

async function request<T>(method: string, url: string, headers: Record<string, string>, body?: unknown): Promise<T> {
	const response = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
	const text = await response.text();
	if (!response.ok) throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 2000)}`);
	return JSON.parse(text) as T;
}
