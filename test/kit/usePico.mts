import type { IDataObject } from 'n8n-workflow';

import { Dialect } from '../../nodes/shared/api/dialect/dialect.ts';
import { runNode, type NodeRun, type NodeRunOptions } from './runNode.mts';
import { startSandboxProcess, type SandboxProcess } from './sandbox.mts';

export interface Call {
	id: number;
	kind: string;
	document: string;
	variables: IDataObject | null;
	status: number;
}

export interface Order {
	operationId: string;
	externalOrderId: string;
	orderIndex: number;
	state: string;
}

type Switches = Record<string, string | number | boolean>;

/** A sandbox of its own for a test file, fresh for every test. */
export function usePico() {
	let sandbox: SandboxProcess;
	let lastCall = 0;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
	});
	afterAll(async () => await sandbox.close());
	beforeEach(async () => await reset());

	async function reset(switches: Switches = {}): Promise<void> {
		await sandbox.control('POST', 'reset', { switches });
		// Names of one profile must not be taken for those of the next.
		Dialect.forgetAll();
		lastCall = (await sandbox.control<Call[]>('GET', 'calls')).at(-1)?.id ?? lastCall;
	}

	return {
		reset,
		get credential() {
			return { endpoint: sandbox.endpoint, token: sandbox.token };
		},
		get url() {
			return sandbox.pico;
		},
		async post<T = IDataObject>(path: string, body?: unknown): Promise<T> {
			return await sandbox.control<T>('POST', path, body);
		},
		async set(switches: Switches): Promise<void> {
			await sandbox.control('POST', 'switches', switches);
		},
		async state<T = IDataObject & { orders: Order[] }>(): Promise<T> {
			return await sandbox.control<T>('GET', 'state');
		},
		/** Calls since the last reset, introspection left out. */
		async calls(): Promise<Call[]> {
			const calls = await sandbox.control<Call[]>('GET', `calls?since=${lastCall}`);
			return calls.filter(({ document }) => !document.includes('__schema'));
		},
		/** Runs one operation of the node. */
		async run(
			resource: string,
			operation: string,
			parameters: IDataObject = {},
			options: Partial<NodeRunOptions> = {},
		): Promise<NodeRun> {
			return await runNode({
				credential: { endpoint: sandbox.endpoint, token: sandbox.token },
				...options,
				parameters: { resource, operation, ...parameters },
			});
		},
	};
}

/** The operation picker by part number. */
export const byPart = (value: string, revision = '') => ({
	operationId: { __rl: true, mode: 'partNumber', value },
	...(revision ? { revision } : {}),
});

export const byId = (value: string) => ({ operationId: { __rl: true, mode: 'id', value } });

/** Every version of the server, with and without introspection. */
export const SERVERS = ['current', 'mixed', 'legacy'].flatMap((profile) =>
	['on', 'off'].map((introspection) => ({ profile, introspection })),
);
