import type { ServerResponse } from 'node:http';
import type { Sandbox } from '../sandbox.mts';

const QUIET_MS = 150;
const KEEPALIVE_MS = 15_000;

/** Tells the page, at most a few times a second, that the state is worth reading again. */
export function sendLive(sandbox: Sandbox, response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	response.write('event: change\ndata: {}\n\n');
	let timer: NodeJS.Timeout | undefined;
	const forget = sandbox.onChange(() => {
		timer ??= setTimeout(() => {
			timer = undefined;
			if (response.writableLength === 0) response.write('event: change\ndata: {}\n\n');
		}, QUIET_MS);
	});
	const keepalive = setInterval(() => response.write(':\n\n'), KEEPALIVE_MS);
	response.once('close', () => {
		forget();
		clearTimeout(timer);
		clearInterval(keepalive);
	});
}
