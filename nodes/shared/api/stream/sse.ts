import { networkFailure, statusFailure } from '../classify';
import { failUnlessGraphql, type PicoClient } from '../client';
import { PicoFailure } from '../failure';
import { postForStream, type Answer, type ByteStream } from '../transport';
import { EventSource } from '../../vendor/eventsource';
import { readFrame } from './frame';
import { Handover } from './handover';
import type { StreamEnd, StreamFrame, Subscription } from './types';

/** Names under which servers send results: `next` by the GraphQL-over-SSE protocol, others plain or as `data`. */
const RESULT_EVENTS = ['next', 'message', 'data'] as const;

/**
 * Subscribes by POST with `Accept: text/event-stream` and yields each frame.
 *
 * Back-pressure: the next piece is read from the socket only after all frames of the last one were taken, so a slow
 * consumer slows the server down instead of filling the memory. Ends when the server completes the stream, closes the
 * connection or the signal fires; reconnecting is the caller's affair, since only he knows the cursor.
 *
 * @throws PicoFailure when the connection cannot be made, breaks, or the server refuses the subscription
 */
export async function* sseFrames(client: PicoClient, subscription: Subscription): AsyncGenerator<StreamFrame, StreamEnd> {
	const { signal } = subscription;
	const texts = new Handover<string>();
	const socket = new AbortController();
	let failure: PicoFailure | undefined;

	const end = (reason?: PicoFailure) => {
		failure ??= reason;
		texts.close();
		// EventSource sets its reconnect timer right after it reports an error: close it after that, so that no timer stays.
		queueMicrotask(() => source.close());
	};
	const abort = () => {
		end();
		socket.abort();
	};
	if (signal.aborted) abort();

	const open = async () => {
		try {
			const answer = await subscribe(client, subscription, socket.signal);
			return asFetchResponse(client.endpoint, answer.body, texts, subscription);
		} catch (error) {
			end(networkFailure(error, client.endpoint));
			// EventSource takes any answer but 200 as final; what went wrong is kept above.
			return { status: 503, redirected: false, url: client.endpoint, headers: { get: () => null }, body: null };
		}
	};

	const source = new EventSource(client.endpoint, { fetch: open });
	for (const name of RESULT_EVENTS) source.addEventListener(name, (event: { data: string }) => texts.push(event.data));
	source.addEventListener('complete', () => end());
	source.addEventListener('error', (event: { message?: string }) =>
		end(event.message ? new PicoFailure('cutOff', 'The stream of Pico broke off', { hint: event.message }) : undefined),
	);
	signal.addEventListener('abort', abort, { once: true });

	try {
		for (let text = await texts.take(); text !== undefined && !signal.aborted; text = await texts.take()) {
			// An empty frame is a greeting or a heartbeat of a proxy.
			if (text.trim() !== '') yield readFrame(client.withoutToken(text));
		}
		if (failure && !signal.aborted) throw failure;
		return 'ended';
	} finally {
		signal.removeEventListener('abort', abort);
		texts.close();
		source.close();
		socket.abort();
	}
}

async function subscribe(client: PicoClient, { document, variables, onOpen, onActivity }: Subscription, signal: AbortSignal) {
	const body = JSON.stringify({ query: document, variables });
	const answer = await postForStream(client.context, client.endpoint, body, signal);
	if (answer.status !== 200 || !answer.headers['content-type']?.startsWith('text/event-stream')) {
		await failWithAnswer(answer, client);
	}
	onOpen?.({ serverDate: answer.headers.date });
	onActivity?.();
	return answer;
}

/** The part of a fetch response that EventSource reads; its body is read only when the consumer wants more. */
function asFetchResponse(url: string, stream: ByteStream, texts: Handover<string>, { onActivity }: Subscription) {
	const pieces = stream[Symbol.asyncIterator]();
	const read = async () => {
		await texts.wanted();
		const piece = await pieces.next();
		if (piece.done) return { done: true as const, value: undefined };
		onActivity?.();
		return { done: false as const, value: piece.value };
	};
	return {
		status: 200,
		redirected: false,
		url,
		headers: { get: () => 'text/event-stream' },
		body: { getReader: () => ({ read, cancel: async () => {} }) },
	};
}

/** A server or a proxy may answer a subscription with plain JSON or a page instead of a stream. */
async function failWithAnswer(answer: Answer<ByteStream>, client: PicoClient): Promise<never> {
	const { endpoint } = client;
	const text = client.withoutToken(await readAll(answer.body));
	failUnlessGraphql({ ...answer, body: text }, endpoint);
	readFrame(text, answer.status);
	throw (
		statusFailure(answer.status, endpoint) ??
		new PicoFailure('notGraphql', `${endpoint} answers a subscription once instead of as a stream`, {
			hint: 'A proxy in between may hold back streams (text/event-stream). Connect to Pico directly or switch its buffering off.',
		})
	);
}

const MAX_ERROR_PAGE = 1_000_000;

async function readAll(stream: ByteStream): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	for await (const piece of stream) {
		text += decoder.decode(piece, { stream: true });
		if (text.length > MAX_ERROR_PAGE) break;
	}
	return text;
}
