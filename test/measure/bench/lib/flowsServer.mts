import { until } from '../../../../demo/lib/poll.mts';
import { Flows } from './flows.mts';
import type { Places } from './places.mts';
import { startServer, type Server } from './processes.mts';
import { credentials, workflows } from './workflows.mts';

export interface FlowsOptions {
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
	polls: string[];
}

/** The real n8n and the server that its workflows talk to. */
export class FlowsServer {
	private constructor(
		readonly flows: Flows,
		readonly server: Server,
		readonly options: FlowsOptions,
	) {}

	static async start(places: Places, options: FlowsOptions): Promise<FlowsServer> {
		const server = await startServer(places, { rows: options.rows });
		try {
			const flows = await Flows.start(places, credentials(server.url), workflows(server.url, options.pollSeconds));
			return new FlowsServer(flows, server, options);
		} catch (error) {
			await server.close();
			throw error;
		}
	}

	/** Switches a workflow on and waits until its trigger listens on its feed. */
	async listen(id: string, feed: string): Promise<void> {
		await this.flows.activate(id);
		await until(`${id} to listen`, async () => ((await this.state()).feeds[feed] ?? 0) === 1);
	}

	async state(): Promise<{ feeds: Record<string, number>; items: number; polls: number; backlogOffered: boolean }> {
		return await this.server.call('state');
	}

	async times(): Promise<Times> {
		return await this.server.call<Times>('times');
	}

	async close(): Promise<void> {
		await this.flows.stop();
		await this.server.close();
	}
}
