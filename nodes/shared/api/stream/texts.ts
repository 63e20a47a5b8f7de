import { PicoFailure } from '../failure';
import { createParser } from '../../vendor/eventsourceParser';

/**
 * Names under which servers send results: `next` by the GraphQL-over-SSE protocol, others plain or as `data`. An `error`
 * is read as a result too, so that its text is told.
 */
const RESULT_EVENTS: ReadonlySet<string> = new Set(['next', 'message', 'data', 'error']);

/** Bytes of one event. A batch of rows has a few MB at most; what never ends must not fill the memory of n8n. */
export const LARGEST_EVENT = 64 * 1024 * 1024;

/**
 * The texts of the results in a stream of Server-Sent Events that comes in pieces of any size: those that end in the same
 * piece together. The next piece is asked for when they were taken: so back-pressure reaches the socket.
 *
 * This is the parser of `eventsource` without the class around it, which reconnects by itself and makes a DOM event of
 * each frame: with it the package is larger than it may be, and streams reach no more than that class does.
 *
 * @throws PicoFailure when one event grows beyond the limit
 */
export async function* textsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
	let texts: string[] = [];
	let completed = false;
	const decoder = new TextDecoder();
	const parser = createParser({
		onEvent: ({ event = 'message', data }) => {
			if (event === 'complete') completed = true;
			else if (!completed && RESULT_EVENTS.has(event)) texts.push(data);
		},
	});
	const size = new EventSize();
	for await (const piece of pieces) {
		parser.feed(decoder.decode(piece, { stream: true }));
		size.count(piece, texts.length > 0);
		if (texts.length > 0) yield texts;
		texts = [];
		if (completed) return;
	}
}

/** How much of an event has come that is not yet at its end. */
class EventSize {
	private bytes = 0;
	private endedLine = false;

	/** @param ended whether an event came to its end in this piece */
	count(piece: Uint8Array, ended: boolean): void {
		// Comments end in an empty line too, so that years of heartbeats do not add up.
		const end = ended ? 0 : this.lastEmptyLine(piece);
		this.bytes = end === undefined ? this.bytes + piece.length : piece.length - end;
		this.endedLine = piece.at(-1) === LF;
		if (this.bytes <= LARGEST_EVENT) return;
		throw new PicoFailure('tooLarge', `Pico sent an event of more than ${LARGEST_EVENT / 1024 / 1024} MB`, {
			hint: 'The connection was closed, so that n8n does not run out of memory. Ask the administrators of the Pico server and of any proxy in between what it sends.',
		});
	}

	private lastEmptyLine(piece: Uint8Array): number | undefined {
		for (let at = piece.lastIndexOf(LF); at > 0; at = piece.lastIndexOf(LF, at - 1)) {
			const before = piece[at - 1] === CR ? at - 2 : at - 1;
			if (before < 0 ? this.endedLine : piece[before] === LF) return at;
		}
		return piece[0] === LF && this.endedLine ? 0 : undefined;
	}
}

const LF = 10;
const CR = 13;
