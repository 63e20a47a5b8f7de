import { WebSocket as WsSocket } from 'ws';

/** n8n runs on Node 22 and newer, which has a global WebSocket that takes headers; the tests may run on Node 20. */
class NodeWebSocket extends WsSocket {
	constructor(url: string | URL, init: { protocols?: string | string[]; headers?: Record<string, string> } = {}) {
		super(url, init.protocols ?? [], { headers: init.headers });
	}
}

export function installWebSocket(): void {
	(globalThis as { WebSocket?: unknown }).WebSocket ??= NodeWebSocket;
}
