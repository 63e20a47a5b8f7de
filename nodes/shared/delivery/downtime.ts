import { isTransient } from '../api/failure';
import { elapsed } from '../api/pause';
import type { ConnectionEnd } from './connection';
import { PACE } from './pace';
import type { Report } from './host';

/** Connections in a row over which nothing came before that is told. */
const SILENT_IN_A_ROW = 2;

/**
 * Notices what reconnecting alone would hide from people: a Pico that is unreachable for an hour, and a line that is accepted
 * again and again and carries nothing. Each is told once, until it is over.
 */
export class Downtime {
	/** Since when no connection worked; absent while one does. */
	private since: number | undefined;
	private isDownTold = false;
	private silent = 0;

	constructor(private readonly report: Report) {}

	/** The server accepted a stream. */
	over(): void {
		if (this.isDownTold && this.since !== undefined) {
			this.report.info(`Pico can be reached again, after ${Math.round((elapsed() - this.since) / 60_000)} min`);
		}
		this.since = undefined;
		this.isDownTold = false;
	}

	/** Something came over a connection. */
	carried(): void {
		this.silent = 0;
	}

	/** A connection ended, or could not be made. */
	lasts(end: ConnectionEnd): void {
		this.since ??= elapsed();
		// What the server refuses is told as such.
		if (end.failure && !isTransient(end.failure)) return;
		if (!end.carried && (end.reason === 'silent' || end.openMs >= PACE.shortestSilence)) this.noteSilence();
		if (this.isDownTold || elapsed() - this.since < PACE.down) return;
		this.isDownTold = true;
		const cause = end.failure?.message ?? 'It ends each connection right away';
		const hint = end.failure?.details.hint ?? '';
		this.report.failedExecution(
			`Pico could not be reached for ${Math.round(PACE.down / 60_000)} minutes`,
			`${cause}. ${hint} The trigger keeps trying every minute and then reads what it missed.`.replace(/ {2,}/g, ' '),
		);
	}

	private noteSilence(): void {
		this.silent++;
		if (this.silent !== SILENT_IN_A_ROW) return;
		this.report.failedExecution(
			'Pico accepts the stream, but nothing comes through it',
			"Most likely, a proxy between n8n and Pico holds back the answer (buffering). Turn off buffering for this address, for example with the header 'X-Accel-Buffering: no' or 'proxy_buffering off' in nginx; or set 'Connection' to WebSocket; or use the Pico MES Webhook Trigger. If there were no events and this Pico sends no heartbeats, set 'Connection Timeout (Seconds)' to 0. The trigger keeps trying; no event is lost.",
		);
	}
}
