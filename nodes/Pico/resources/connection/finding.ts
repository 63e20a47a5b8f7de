import type { IDataObject } from 'n8n-workflow';

import type { PicoClient } from '../../../shared/api/client';
import type { PicoFailure } from '../../../shared/api/failure';

export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** What one check found, in words for a person who sees this Pico for the first time. */
export interface Finding {
	check: string;
	verdict: Verdict;
	meaning: string;
	/** Empty when there is nothing to do. */
	whatToDo: string;
	details: IDataObject;
}

/** What all checks share: one client, and one end for everything. */
export interface Line {
	client: PicoClient;
	signal: AbortSignal;
}

/** Milliseconds, in one place; tests wait less. */
export const LIMITS = {
	/** Everything together. n8n and the person wait no longer than a minute. */
	total: 50_000,
	/** One answer, repeats of the request included. */
	answer: 12_000,
	/** Opening of one stream. */
	open: 10_000,
	/** A stream that sends nothing for so long has sent what it had. */
	quiet: 3_000,
	/** Wait for a heartbeat; servers send one each 10 to 15 s. */
	heartbeat: 20_000,
	/** Pieces of one event come sooner after each other, heartbeats later. */
	shortestHeartbeat: 1_000,
	/** A refusal of a WebSocket comes within this time after it opened. */
	settle: 500,
	/** Difference of two clocks that matters to nobody. */
	clock: 30_000,
};

export function ok(check: string, meaning: string, details: IDataObject = {}): Finding {
	return { check, verdict: 'ok', meaning, whatToDo: '', details };
}

export function warning(check: string, meaning: string, whatToDo: string, details: IDataObject = {}): Finding {
	return { check, verdict: 'warning', meaning, whatToDo, details };
}

export function skipped(check: string, because: string): Finding {
	return { check, verdict: 'skipped', meaning: 'Not checked.', whatToDo: because, details: {} };
}

/** A failure with its own words. */
export function failed(check: string, { kind, message, details }: PicoFailure, verdict: Verdict = 'failed'): Finding {
	const { hint = 'Run the check again. If it stays, send the report to the maintainers.', status } = details;
	return { check, verdict, meaning: `${message}.`, whatToDo: hint, details: { cause: kind, ...(status ? { httpStatus: status } : {}) } };
}
