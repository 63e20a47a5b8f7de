import { createParser } from '../../vendor/eventsourceParser';

/**
 * Names under which servers send results: `next` by the GraphQL-over-SSE protocol, others plain or as `data`. An `error`
 * is read as a result too, so that its text is told.
 */
const RESULT_EVENTS: ReadonlySet<string> = new Set(['next', 'message', 'data', 'error']);

/**
 * Takes a stream of Server-Sent Events in pieces of any size and gives out the text of each result in it.
 *
 * This is the parser of `eventsource` without the class around it: that one reconnects by itself, and makes a DOM event of
 * each frame, which halves the frames a second.
 */
export class SseTexts {
	/** The server said that no more results will come. */
	completed = false;

	private readonly decoder = new TextDecoder();
	private texts: string[] = [];
	private readonly parser = createParser({
		onEvent: ({ event = 'message', data }) => {
			if (event === 'complete') this.completed = true;
			else if (!this.completed && RESULT_EVENTS.has(event)) this.texts.push(data);
		},
	});

	/** The texts that this piece brought to their end. Half an event waits for the next piece. */
	feed(piece: Uint8Array): string[] {
		this.parser.feed(this.decoder.decode(piece, { stream: true }));
		const texts = this.texts;
		this.texts = [];
		return texts;
	}
}
