import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One event of a run that reached the collector. */
export interface Hit {
	/** Id of the execution. */
	run: number;
	eventId: string;
	orderId: string;
	attempt: number;
}

/**
 * Stands for the other system that a workflow writes to: every run calls it once with all its events. What it counts
 * was really done, whatever n8n's database says.
 */
export class Collector {
	readonly hits: Hit[] = [];
	/** Runs that called, with the answer they got. */
	calls = 0;
	failed = 0;
	/** Milliseconds until the answer: widens the moment in which a run is under way. */
	delay: () => number = () => 0;
	/** Whether this run is to fail. */
	refuses: (run: Hit[], path: string) => boolean = () => false;
	onCall: (run: Hit[], path: string) => void = () => {};
	/** Answers 503 and does nothing, as a system does that is being restarted behind its proxy. */
	isDown = false;
	url = '';

	private readonly server = createServer((request, response) => {
		let text = '';
		request.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
		request.on('end', () => {
			if (this.isDown) return void response.writeHead(503).end();
			const path = request.url ?? '/';
			const told = JSON.parse(text) as { run: string; events: Array<[string, string, number]> };
			const run = told.events.map(([eventId, orderId, attempt]) => ({ run: Number(told.run), eventId, orderId, attempt }));
			this.calls++;
			this.hits.push(...run);
			const refused = this.refuses(run, path);
			if (refused) this.failed++;
			this.onCall(run, path);
			setTimeout(() => {
				response.writeHead(refused ? 422 : 200, { 'content-type': 'application/json' }).end('{}');
			}, this.delay());
		});
	});

	async open(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
		return this;
	}

	/** Forgets everything, for the next row. */
	clear(): void {
		this.hits.length = 0;
		this.calls = 0;
		this.failed = 0;
		this.delay = () => 0;
		this.refuses = () => false;
		this.onCall = () => {};
		this.isDown = false;
	}

	/** Nobody is at its address any more: connections are refused. */
	async leave(): Promise<void> {
		await this.close();
	}

	/** Works at its address again. */
	async comeBack(): Promise<void> {
		this.isDown = false;
		await new Promise<void>((resolve) => this.server.listen(Number(new URL(this.url).port), '127.0.0.1', resolve));
	}

	get orders(): Set<string> {
		return new Set(this.hits.map(({ orderId }) => orderId));
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}
}
