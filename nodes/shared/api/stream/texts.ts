import { PicoFailure } from '../failure';
import { EventSource } from '../../vendor/eventsource';

/**
 * Names under which servers send results: `next` by the GraphQL-over-SSE protocol, others plain or as `data`. An `error`
 * is read as a result too, so that its text is told.
 */
const RESULT_EVENTS = ['next', 'message', 'data', 'error'];

/** As the reader of a web stream gives it. */
interface Piece {
	done: boolean;
	value?: Uint8Array;
}

/** Bytes of one event. A batch of rows has a few MB at most; what never ends must not fill the memory of n8n. */
export const LARGEST_EVENT = 64 * 1024 * 1024;

/**
 * The text of each result in a stream of Server-Sent Events that comes in pieces of any size.
 *
 * `EventSource` reads from a body of our own instead of from the network. It asks for the next piece when it has worked
 * off the last one, and gets it when our consumer has taken every text of that: so back-pressure reaches the socket. Its
 * own way to connect again never comes into play: only the caller knows the position.
 *
 * @throws PicoFailure when one event grows beyond the limit
 */
export async function* textsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
	let texts: string[] = [];
	let completed = false;
	let workedOff = () => {};
	let give: (piece: Piece) => void = () => {};
	const read = async () =>
		await new Promise<Piece>((resolve) => {
			give = resolve;
			workedOff();
		});
	const ready = new Promise<void>((resolve) => (workedOff = resolve));
	const answer = { status: 200, redirected: false, headers: { get: () => 'text/event-stream' }, body: { getReader: () => ({ read }) } };
	const source = new EventSource('http://pico.invalid/', { fetch: async () => answer as unknown as Response });
	for (const name of RESULT_EVENTS) {
		source.addEventListener(name, ({ data }) => {
			// `EventSource` has an event of this name as well, without data, after which it reads no further.
			if (typeof data !== 'string') return workedOff();
			if (!completed) texts.push(data);
		});
	}
	source.addEventListener('complete', () => (completed = true));
	await ready;

	const size = new EventSize();
	try {
		for await (const piece of pieces) {
			const done = new Promise<void>((resolve) => (workedOff = resolve));
			give({ done: false, value: piece });
			await done;
			size.count(piece, texts.length > 0);
			const came = texts;
			texts = [];
			yield* came;
			if (completed) return;
		}
	} finally {
		source.close();
		give({ done: true });
	}
}

/** How much of an event has come that is not yet at its end. */
class EventSize {
	private bytes = 0;

	/** @param ended whether an event came to its end in this piece */
	count(piece: Uint8Array, ended: boolean): void {
		// Comments end in an empty line too, so that years of heartbeats do not add up.
		this.bytes = ended || endsEvent(piece) ? piece.length : this.bytes + piece.length;
		if (this.bytes <= LARGEST_EVENT) return;
		throw new PicoFailure('tooLarge', `Pico sent an event of more than ${LARGEST_EVENT / 1024 / 1024} MB`, {
			hint: 'The connection was closed, so that n8n does not run out of memory. Ask who runs the Pico server, and any proxy in between, what it sends.',
		});
	}
}

const LF = 10;
const CR = 13;

/** Whether the last line of a piece is empty. */
function endsEvent(piece: Uint8Array): boolean {
	const last = piece.length - 1;
	if (piece[last] !== LF) return piece[last] === CR && piece[last - 1] === CR;
	return piece[last - 1] === LF || (piece[last - 1] === CR && piece[last - 2] === LF);
}
