import type { SandboxProcess } from '../kit/sandbox.mts';

export interface Answer {
	status: number;
	headers: Headers;
	body: { data?: Record<string, unknown> | null; errors?: Array<{ message: string; path?: unknown[] }> };
	text: string;
}

export type Target = Pick<SandboxProcess, 'endpoint' | 'token'>;

export function post(
	target: Target,
	query: string,
	variables?: object,
	headers: Record<string, string> = {},
	signal?: AbortSignal,
) {
	return fetch(target.endpoint, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-pico-api-org': target.token, ...headers },
		body: JSON.stringify({ query, variables }),
		signal,
	});
}

/** One GraphQL call; a body that is no JSON leaves `body` empty. */
export async function ask(
	target: Target,
	query: string,
	variables?: object,
	headers?: Record<string, string>,
): Promise<Answer> {
	const response = await post(target, query, variables, headers);
	const text = await response.text();
	let body: Answer['body'] = {};
	try {
		body = JSON.parse(text) as Answer['body'];
	} catch {
		// An HTML page: the test looks at the text.
	}
	return { status: response.status, headers: response.headers, body, text };
}

export async function rows<T>(target: Target, query: string, variables?: object): Promise<T[]> {
	const { body } = await ask(target, query, variables);
	if (body.errors) throw new Error(body.errors[0].message);
	return Object.values(body.data ?? {})[0] as T[];
}

export interface Result<T> {
	data?: Record<string, T[] | T>;
	errors?: Array<{ message: string }>;
}

/** Reads an SSE subscription frame by frame. */
export class SseReader<T> {
	readonly frames: string[] = [];
	readonly rows: T[] = [];
	readonly batches: number[] = [];
	end: 'complete' | 'broken' | undefined;
	raw = '';
	private readonly abort = new AbortController();
	private wake: () => void = () => undefined;

	constructor(
		readonly response: Response,
		abort: AbortController,
	) {
		this.abort = abort;
		void this.read();
	}

	static async open<T>(target: Target, query: string, variables?: object): Promise<SseReader<T>> {
		const abort = new AbortController();
		const response = await post(target, query, variables, { accept: 'text/event-stream' }, abort.signal);
		const reader = new SseReader<T>(response, abort);
		await reader.until(() => reader.raw !== '');
		return reader;
	}

	/** Waits until `count` rows have come; fails after the deadline. */
	async take(count: number): Promise<T[]> {
		await this.until(() => this.rows.length >= count);
		return this.rows.slice(0, count);
	}

	async until(holds: () => boolean, withinMs = 10_000): Promise<void> {
		const deadline = Date.now() + withinMs;
		while (!holds()) {
			const left = deadline - Date.now();
			if (left <= 0)
				throw new Error(`nothing of the kind came in time; ${this.rows.length} rows, raw: ${this.raw.slice(-300)}`);
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, left);
				this.wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
	}

	close(): void {
		this.abort.abort();
	}

	private async read(): Promise<void> {
		const decoder = new TextDecoder();
		let buffer = '';
		try {
			for await (const chunk of this.response.body as unknown as AsyncIterable<Uint8Array>) {
				const text = decoder.decode(chunk, { stream: true });
				this.raw += text;
				buffer += text;
				const parts = buffer.split('\n\n');
				buffer = parts.pop() ?? '';
				parts.forEach((part) => this.frame(part));
				this.wake();
			}
			this.end ??= 'broken';
		} catch {
			this.end ??= 'broken';
		}
		this.wake();
	}

	private frame(part: string): void {
		this.frames.push(part);
		if (part.includes('event: complete')) this.end = 'complete';
		const data = /^data: (.*)$/m.exec(part)?.[1];
		if (!data) return;
		const [value] = Object.values((JSON.parse(data) as Result<T>).data ?? {});
		const batch = Array.isArray(value) ? value : value ? [value] : [];
		if (batch.length === 0) return;
		this.batches.push(batch.length);
		this.rows.push(...batch);
	}
}

/** Polls until the value is there. */
export async function eventually<T>(look: () => Promise<T | undefined>, withinMs = 10_000): Promise<T> {
	const deadline = Date.now() + withinMs;
	for (;;) {
		const value = await look();
		if (value !== undefined) return value;
		if (Date.now() > deadline) throw new Error('it did not happen in time');
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

export async function operationId(target: Target, partNumber: string, revision = 'B'): Promise<string> {
	const found = await rows<{ id: string; externalRevision: string }>(
		target,
		'query ($part: String) { operations(where: { externalId: { _eq: $part } }) { id externalRevision } }',
		{ part: partNumber },
	);
	const match = found.find((row) => row.externalRevision === revision);
	if (!match) throw new Error(`no ${partNumber} rev ${revision}`);
	return match.id;
}

export function save(target: Target, operationId: string, externalOrderId: string | undefined, orderIndex?: number) {
	return ask(
		target,
		'mutation ($id: ID!, $order: String, $index: Int) { operationOrderSave(input: { operationId: $id, externalOrderId: $order, orderIndex: $index }) { message } }',
		{ id: operationId, order: externalOrderId, index: orderIndex },
	);
}

export function cancel(
	target: Target,
	input: { operationId: string; externalOrderId: string; orderIndex?: number; cancelAll?: boolean },
) {
	return ask(
		target,
		'mutation ($input: OperationOrderCancelInput!) { operationOrderCancel(input: $input) { message } }',
		{ input },
	);
}

export const COMPLETIONS = `subscription ($from: Time, $batch: Int) {
	operationOrderCompletesStream(cursor: { initialValue: { at: $from } ordering: ASC } batchSize: $batch) {
		externalOrderId orderIndex at operation { id externalId }
		operationSummary { startedAt cycleTime consumedSerials { id externalId value } } endState { producedSerial }
	} }`;

export const LIVE =
	'subscription { operationOrderCompletesStream { externalOrderId orderIndex at operation { externalId } } }';

export interface CompletionRow {
	externalOrderId: string;
	orderIndex: number;
	at: string;
	operation: { id: string; externalId: string };
	operationSummary: {
		startedAt: string;
		cycleTime: number;
		consumedSerials: Array<{ id: string; externalId: string; value: string }>;
	};
	endState: { producedSerial: string | null };
}
