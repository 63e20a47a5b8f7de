import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const TRICKLES_PER_SECOND = 20;

/** Writes and waits until the socket has taken the text, so that a slow reader slows its producer down. */
export async function write(response: ServerResponse, text: string, bytesPerSecond: number): Promise<void> {
	if (bytesPerSecond === 0) return writeAll(response, Buffer.from(text));
	const bytes = Buffer.from(text);
	const step = Math.max(1, Math.floor(bytesPerSecond / TRICKLES_PER_SECOND));
	for (let offset = 0; offset < bytes.length && !response.destroyed; offset += step) {
		const piece = bytes.subarray(offset, offset + step);
		await writeAll(response, piece);
		await pause((piece.length / bytesPerSecond) * 1000);
	}
}

function writeAll(response: ServerResponse, bytes: Buffer): Promise<void> | void {
	if (response.destroyed || response.write(bytes)) return;
	return new Promise((resolve) => {
		const done = () => {
			response.off('drain', done);
			response.off('close', done);
			resolve();
		};
		response.once('drain', done);
		response.once('close', done);
	});
}

/** Waits until everything written so far has left this process. */
export function flushed(response: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		if (response.destroyed) return resolve();
		response.once('close', resolve);
		response.write('', () => resolve());
	});
}

export function closed(response: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		if (response.destroyed) return resolve();
		response.once('close', () => resolve());
	});
}
