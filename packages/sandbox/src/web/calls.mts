/** One API call as the control API and the page show it. Holds no secrets: no headers, no keys. */
export interface Call {
	id: number;
	at: string;
	/** e.g. `POST /json/2/mrp.production/write` or `jsonrpc mrp.production.write`. */
	what: string;
	protocol: string;
	status: number;
	/** Error message, absent for a success. */
	error?: string;
	durationMs: number;
	userAgent: string;
	detail?: unknown;
}

/** The latest calls, oldest first. */
export class CallLog {
	private readonly calls: Call[] = [];
	private nextId = 1;

	constructor(private readonly keep = 1000) {}

	add(call: Omit<Call, 'id'>): Call {
		const entry = { id: this.nextId++, ...call };
		this.calls.push(entry);
		if (this.calls.length > this.keep) this.calls.shift();
		return entry;
	}

	/** Calls with an id greater than `since`. */
	since(since: number): Call[] {
		return this.calls.filter((call) => call.id > since);
	}

	latest(count: number): Call[] {
		return this.calls.slice(-count).reverse();
	}

	get total(): number {
		return this.nextId - 1;
	}

	clear(): void {
		this.calls.length = 0;
		this.nextId = 1;
	}
}
