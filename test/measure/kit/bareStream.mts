import { createParser } from 'eventsource-parser';

/** A stream read with `fetch`, `eventsource-parser` and `JSON.parse`, and nothing else: what streaming costs at least. */
export async function bareStream(
	endpoint: string,
	document: string,
	onRows: (rows: Array<Record<string, unknown>>) => void,
	onOpen: () => void = () => undefined,
): Promise<{ close(): void; ended: Promise<void> }> {
	const stop = new AbortController();
	const response = await fetch(endpoint, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
		body: JSON.stringify({ query: document }),
		signal: stop.signal,
	});
	onOpen();
	const parser = createParser({
		onEvent({ data }) {
			const { data: result } = JSON.parse(data) as {
				data: { operationOrderCompletesStream: Array<Record<string, unknown>> };
			};
			onRows(result.operationOrderCompletesStream);
		},
	});
	const decoder = new TextDecoder();
	const read = async () => {
		for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>)
			parser.feed(decoder.decode(piece, { stream: true }));
	};
	return { close: () => stop.abort(), ended: read().catch(() => undefined) };
}

/** What a bare client asks: all completions after a time, or what happens from now on. */
export const subscription = (cursor?: string) =>
	`subscription { operationOrderCompletesStream${cursor ? `(cursor: {initialValue: {at: "${cursor}"}}, batchSize: 100)` : ''} { externalOrderId at } }`;
