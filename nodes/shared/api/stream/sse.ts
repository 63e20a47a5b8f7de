import { graphqlFailure, statusFailure } from '../classify';
import type { PicoClient } from '../client';
import { asFailure, PicoFailure } from '../failure';
import { deadline } from '../pause';
import { failUnlessGraphql, FrameReader, readErrors, typeOf } from '../result';
import { postForStream, type Answer, type ByteStream } from '../transport';
import { piecesOf } from './pieces';
import { textsOf } from './texts';
import type { Frame, StreamEnd, Subscription } from './types';

/**
 * Subscribes by POST with `Accept: text/event-stream` and yields each frame.
 *
 * Back-pressure: the next piece is read from the socket only after all frames of the last one were taken. Ends when the
 * server completes the stream, closes the connection or the signal fires; to connect again is up to the caller, who knows
 * the position.
 *
 * @throws PicoFailure when the connection cannot be made, breaks, or the server refuses the subscription
 */
export async function* sseFrames(client: PicoClient, subscription: Subscription): AsyncGenerator<Frame, StreamEnd> {
	const { signal, onActivity } = subscription;
	const socket = new AbortController();
	const abort = () => socket.abort(signal.reason);
	signal.addEventListener('abort', abort, { once: true });
	try {
		if (signal.aborted) return 'ended';
		await client.renew();
		const { body } = await subscribe(client, subscription, socket.signal);
		const reader = new FrameReader(client.withoutToken);
		for await (const texts of textsOf(watched(piecesOf(body, signal), onActivity))) {
			for (const text of texts) {
				// An empty frame is a greeting or a heartbeat of a proxy.
				if (/\S/.test(text)) yield reader.text(text);
				if (signal.aborted) return 'ended';
			}
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

async function* watched(pieces: AsyncIterable<Uint8Array>, onActivity: (() => void) | undefined): AsyncGenerator<Uint8Array, void> {
	for await (const piece of pieces) {
		onActivity?.();
		yield piece;
	}
}

async function subscribe(client: PicoClient, { document, variables, onOpen }: Subscription, signal: AbortSignal) {
	const body = JSON.stringify({ query: document, variables });
	const answer = await postForStream(client.context, client.endpoint, body, signal);
	await client.noteToken();
	const isStream = /^\s*text\/event-stream\b/i.test(answer.headers['content-type'] ?? '');
	if (answer.status < 200 || answer.status >= 300 || !isStream) await failWithAnswer(answer, client);
	onOpen?.({ serverDate: answer.headers.date });
	return answer;
}

/** A server or a proxy may answer a subscription with plain JSON or a page instead of a stream. */
async function failWithAnswer(answer: Answer<ByteStream>, client: PicoClient): Promise<never> {
	const { endpoint } = client;
	const text = await readStart(answer.body);
	failUnlessGraphql({ ...answer, body: text }, endpoint, client.withoutToken);
	const errors = readErrors(parsed(text)?.errors, client.withoutToken);
	if (errors.length > 0) throw graphqlFailure(errors, answer.status, undefined, answer.headers['retry-after']);
	throw (
		statusFailure(answer.status, endpoint) ??
		new PicoFailure('notGraphql', `${endpoint} answers a subscription with a single response (HTTP ${answer.status}, ${typeOf(answer)}), not with a stream`, {
			status: answer.status,
			hint: 'A proxy may hold back streams (text/event-stream). Connect to Pico directly, or turn off its buffering.',
		})
	);
}

/** What says why: the rest of a page is of no use, and some never end. */
const ERROR_PAGE_BYTES = 64 * 1024;
const ERROR_PAGE_MS = 2_000;

async function readStart(body: ByteStream): Promise<string> {
	const limit = deadline(ERROR_PAGE_MS, new PicoFailure('timeout', 'enough was read'));
	const decoder = new TextDecoder();
	let text = '';
	let bytes = 0;
	try {
		for await (const piece of piecesOf(body, limit.signal)) {
			text += decoder.decode(piece.subarray(0, ERROR_PAGE_BYTES - bytes), { stream: true });
			bytes += piece.length;
			if (bytes >= ERROR_PAGE_BYTES) break;
		}
	} catch {
		// What came before it broke off says more than that it did.
	} finally {
		limit.stop();
		body.destroy();
	}
	return text;
}

function parsed(text: string): { errors?: unknown } | undefined {
	try {
		return JSON.parse(text) as { errors?: unknown };
	} catch {
		return undefined;
	}
}
