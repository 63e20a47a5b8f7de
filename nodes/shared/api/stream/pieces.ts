import { PicoFailure } from '../failure';
import type { ByteStream } from '../transport';

/**
 * The pieces of a stream as they come. The next one is read from the socket only when it is asked for, so a slow consumer
 * slows the server down instead of filling the memory. Ends at once when the signal fires, whatever the socket does.
 *
 * @throws PicoFailure when the connection breaks
 */
export async function* piecesOf(stream: ByteStream, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
	const pieces = stream[Symbol.asyncIterator]();
	let giveUp = () => {};
	const stop = () => giveUp();
	signal.addEventListener('abort', stop, { once: true });
	try {
		while (!signal.aborted) {
			const piece = await new Promise<IteratorResult<Uint8Array> | undefined>((resolve, reject) => {
				giveUp = () => resolve(undefined);
				pieces.next().then(resolve, reject);
			});
			if (!piece || piece.done) return;
			yield piece.value;
		}
	} catch (error) {
		if (signal.aborted) return;
		throw brokeOff(error as Error);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}

const brokeOff = ({ message }: Error) => new PicoFailure('cutOff', 'The stream from Pico was cut off', { hint: message });
