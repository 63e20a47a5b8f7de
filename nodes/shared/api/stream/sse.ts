import { statusFailure } from '../classify';
import { failUnlessGraphql, type PicoClient } from '../client';
import { asFailure, PicoFailure } from '../failure';
import { postForStream, type Answer, type ByteStream } from '../transport';
import { readFrame } from './frame';
import { piecesOf } from './pieces';
import { SseTexts } from './sseTexts';
import type { StreamEnd, StreamFrame, Subscription } from './types';

/**
 * Subscribes by POST with `Accept: text/event-stream` and yields each frame.
 *
 * Back-pressure: the next piece is read from the socket only after all frames of the last one were taken. Ends when the
 * server completes the stream, closes the connection or the signal fires; reconnecting is the caller's affair, since only
 * he knows the cursor.
 *
 * @throws PicoFailure when the connection cannot be made, breaks, or the server refuses the subscription
 */
export async function* sseFrames(client: PicoClient, subscription: Subscription): AsyncGenerator<StreamFrame, StreamEnd> {
	const { signal, onActivity } = subscription;
	const socket = new AbortController();
	const abort = () => socket.abort();
	signal.addEventListener('abort', abort, { once: true });
	try {
		if (signal.aborted) return 'ended';
		const { body } = await subscribe(client, subscription, socket.signal);
		const texts = new SseTexts();
		for await (const piece of piecesOf(body, signal)) {
			onActivity?.();
			for (const text of texts.feed(piece)) {
				// An empty frame is a greeting or a heartbeat of a proxy.
				if (text.trim() !== '') yield readFrame(client.withoutToken(text));
				if (signal.aborted) return 'ended';
			}
			if (texts.completed) break;
		}
		return 'ended';
	} catch (error) {
		if (signal.aborted) return 'ended';
		throw asFailure(error);
	} finally {
		signal.removeEventListener('abort', abort);
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
