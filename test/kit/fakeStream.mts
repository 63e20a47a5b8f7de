import type { PicoClient } from '../../nodes/shared/api/client.ts';
import type { Frame, StreamEnd, Subscription } from '../../nodes/shared/api/stream/types.ts';

type Step = { frame: Frame } | { end: StreamEnd } | { error: Error };

/** One stream between a trigger and Pico of which the test says when it opens, what it brings and how it ends. */
export class FakeStream {
	private readonly steps: Step[] = [];
	private wake = () => {};
	/** Whether the reader gave it up properly. */
	isClosed = false;
	/** Frames that were taken by the reader. */
	taken = 0;

	constructor(
		readonly transport: 'sse' | 'webSocket',
		readonly client: PicoClient,
		readonly subscription: Subscription,
	) {
		subscription.signal.addEventListener('abort', () => this.end());
	}

	open(serverDate?: string): void {
		this.subscription.onOpen?.({ serverDate });
	}

	/** Something arrived, if only a heartbeat. */
	activity(): void {
		this.subscription.onActivity?.();
	}

	rows(rows: unknown, streamField = 'operationOrderCompletesStream'): void {
		this.frame({ kind: 'result', data: { [streamField]: rows }, errors: [] });
	}

	frame(frame: Frame): void {
		this.activity();
		this.step({ frame });
	}

	/** A result without rows: Pico could not resolve what the path leads to. */
	unresolved(path: Array<string | number> | undefined, message = 'the requested element is null which the schema does not allow'): void {
		this.frame({ kind: 'unresolved', errors: [{ message, ...(path ? { path } : {}) }] });
	}

	end(end: StreamEnd = 'ended'): void {
		this.step({ end });
	}

	fail(error: Error): void {
		this.step({ error });
	}

	async *frames(): AsyncGenerator<Frame, StreamEnd> {
		try {
			for (;;) {
				while (this.steps.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
				const step = this.steps.shift() as Step;
				if ('error' in step) throw step.error;
				if ('end' in step) return step.end;
				this.taken++;
				yield step.frame;
			}
		} finally {
			this.isClosed = true;
		}
	}

	private step(step: Step): void {
		this.steps.push(step);
		this.wake();
	}
}

/** Stands in for the two transports; each stream that is opened is noted. */
export class FakeStreams {
	readonly all: FakeStream[] = [];

	readonly open =
		(transport: 'sse' | 'webSocket') =>
		(client: PicoClient, subscription: Subscription): AsyncGenerator<Frame, StreamEnd> => {
			const stream = new FakeStream(transport, client, subscription);
			this.all.push(stream);
			return stream.frames();
		};

	get last(): FakeStream {
		return this.all[this.all.length - 1];
	}
}
