/** What is going on right now, for the state route and the page: open streams and recent calls. */

export interface OpenStream {
	id: number;
	field: string;
	transport: string;
	path: string;
	cursor: unknown;
	batchSize: number;
	where: unknown;
	since: string;
	delivered: number;
	/** Breaks the connection. */
	close: () => void;
	/** Ends the stream the regular way. */
	complete: () => void;
}

export class Streams {
	private readonly open = new Set<OpenStream>();
	private count = 0;

	constructor(private readonly changed: () => void) {}

	add(stream: Omit<OpenStream, 'id' | 'since' | 'delivered'>): OpenStream {
		const entry = { ...stream, id: ++this.count, since: new Date().toISOString(), delivered: 0 };
		this.open.add(entry);
		this.changed();
		return entry;
	}

	delivered(stream: OpenStream, rows: number): void {
		stream.delivered += rows;
		this.changed();
	}

	remove(stream: OpenStream): void {
		this.open.delete(stream);
		this.changed();
	}

	/** Cuts every connection that carries a stream; answers how many streams were open. */
	cut(): number {
		const { size } = this.open;
		for (const stream of [...this.open]) stream.close();
		return size;
	}

	/** Lets the server end every stream with a regular `complete`. */
	complete(): number {
		const { size } = this.open;
		for (const stream of [...this.open]) stream.complete();
		return size;
	}

	list() {
		return [...this.open].map(({ close: _c, complete: _e, ...shown }) => shown);
	}
}

export interface Call {
	id: number;
	at: string;
	path: string;
	operationName: string | null;
	kind: 'query' | 'mutation' | 'subscription' | 'unknown';
	document: string;
	variables: unknown;
	status: number;
	userAgent: string;
	tokenOk: boolean;
}

const KEPT_CALLS = 2_000;

export class Calls {
	private readonly recent: Call[] = [];
	private count = 0;

	constructor(private readonly changed: () => void) {}

	/** Adds a call; its status is filled in when it is known (0 = not answered yet, or never). */
	add(call: Omit<Call, 'id' | 'at'>): Call {
		const entry = { id: ++this.count, at: new Date().toISOString(), ...call };
		this.recent.push(entry);
		if (this.recent.length > KEPT_CALLS) this.recent.shift();
		this.changed();
		return entry;
	}

	since(id: number): Call[] {
		return this.recent.filter((call) => call.id > id);
	}

	get total(): number {
		return this.count;
	}

	clear(): void {
		this.recent.length = 0;
	}
}
