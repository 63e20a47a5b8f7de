import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Sandbox } from '../sandbox.mts';
import { insertRaw } from '../plant/odd.mts';
import { closed, flushed, write } from './pace.mts';

/**
 * Sends a subscription in the "distinct connections" form of the GraphQL over SSE protocol: an opening comment,
 * `event: next` frames, keepalive comments while it is quiet, and `event: complete`.
 */
export async function sendStream(response: ServerResponse, results: AsyncIterable<ExecutionResult>, sandbox: Sandbox) {
	const iterator = results[Symbol.asyncIterator]();
	response.once('close', () => void iterator.return?.());
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
	await write(response, ':\n\n', 0);
	const stopKeepalive = keepAlive(response, sandbox);
	try {
		for (let events = 0; !response.destroyed; events++) {
			const fault = faultAfter(events, sandbox);
			if (fault === 'stall') {
				stopKeepalive();
				return await closed(response);
			}
			if (fault === 'cut') return await cut(response);
			const { done, value } = await iterator.next();
			if (done || response.destroyed) break;
			const frame = `event: next\ndata: ${insertRaw(JSON.stringify(value), sandbox.plant.rawRows)}\n\n`;
			if (fault === 'truncate') {
				await write(response, frame.slice(0, frame.length / 2), 0);
				return await cut(response);
			}
			await write(response, frame, sandbox.switches.slowBytesPerSecond);
		}
		const data = sandbox.switches.sseComplete === 'with-data' ? 'data:\n' : '';
		if (!response.destroyed) response.end(`event: complete\n${data}\n`);
	} finally {
		stopKeepalive();
		await iterator.return?.();
	}
}

function faultAfter(events: number, { switches }: Sandbox): 'stall' | 'cut' | 'truncate' | undefined {
	const due = (after: number) => after > 0 && events >= after;
	if (due(switches.stallAfterEvents)) return 'stall';
	if (due(switches.cutAfterEvents)) return 'cut';
	return due(switches.truncateAfterEvents) ? 'truncate' : undefined;
}

async function cut(response: ServerResponse): Promise<void> {
	await flushed(response);
	response.destroy();
}

function keepAlive(response: ServerResponse, sandbox: Sandbox): () => void {
	const { sseKeepalive, sseKeepaliveMs } = sandbox.switches;
	if (sseKeepalive === 'none' || sseKeepaliveMs === 0) return () => undefined;
	const comment = sseKeepalive === 'ping' ? ': ping\n\n' : ':\n\n';
	// A socket that still has something to send is alive anyway; more comments would only pile up. A trickled frame must
	// not get a comment into its middle either.
	const timer = setInterval(() => {
		if (response.writableLength === 0 && sandbox.switches.slowBytesPerSecond === 0) response.write(comment);
	}, sseKeepaliveMs);
	return () => clearInterval(timer);
}
