import { LARGEST_EVENT } from './texts';

/** A message that does not belong into `graphql-transport-ws`. */
export type Misfit = 'olderProtocol' | 'binary' | 'tooLarge';

type Handler<E> = ((event: E) => void) | null;

/**
 * The WebSocket of Node.js as `graphql-ws` wants it, with headers for the upgrade, which browsers do not take. Reads JSON
 * also from binary messages, and tells messages that do not fit before `graphql-ws` breaks the connection for a reason that
 * nobody understands.
 */
export function socketFor(headers: Record<string, string>, onMisfit: (misfit: Misfit) => void, onLength: (length: number) => void) {
	return class PicoSocket {
		static readonly CONNECTING = 0;
		static readonly OPEN = 1;
		static readonly CLOSING = 2;
		static readonly CLOSED = 3;

		onopen: Handler<Event> = null;
		onclose: Handler<CloseEvent> = null;
		onerror: Handler<Event> = null;
		onmessage: Handler<{ data: string }> = null;
		private readonly socket: WebSocket;

		constructor(url: string | URL, protocols?: string | string[]) {
			this.socket = new WebSocket(url, { protocols, headers } as unknown as string[]);
			this.socket.binaryType = 'arraybuffer';
			this.socket.onopen = (event) => this.onopen?.(event);
			this.socket.onclose = (event) => this.onclose?.(event);
			this.socket.onerror = (event) => this.onerror?.(event);
			this.socket.onmessage = ({ data }) => {
				const text = typeof data === 'string' ? data : new TextDecoder().decode(data as ArrayBuffer);
				onLength(text.length);
				const misfit = misfitOf(text, typeof data !== 'string');
				if (misfit) onMisfit(misfit);
				else this.onmessage?.({ data: text });
			};
		}

		get readyState(): number {
			return this.socket.readyState;
		}

		send(text: string): void {
			this.socket.send(text);
		}

		close(code?: number, reason?: string): void {
			this.socket.close(code, reason);
		}
	};
}

const LONGEST_KEEP_ALIVE = 100;

function misfitOf(text: string, isBinary: boolean): Misfit | undefined {
	if (text.length > LARGEST_EVENT) return 'tooLarge';
	if (isBinary && !/^\s*\{/.test(text)) return 'binary';
	return text.length <= LONGEST_KEEP_ALIVE && /"type"\s*:\s*"ka"/.test(text) ? 'olderProtocol' : undefined;
}
