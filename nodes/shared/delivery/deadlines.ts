import { PACE } from './pace';

/** What a connection waits for next, besides data. Pure: all times are milliseconds of one clock, handed in. */
export interface ConnectionFacts {
	/** Absent while the server has not accepted the stream. */
	openedAt?: number;
	lastActivity: number;
	/** When the reader last began to wait: while a workflow runs nothing is read, and silence then means nothing. */
	waitingSince: number;
	frames: number;
	/** Interval of the server's heartbeat; 0 while unknown. */
	heartbeatMs: number;
	quietDone: boolean;
}

export interface ConnectionLimits {
	/** A server that accepts a stream at all does so within this time. */
	openMs: number;
	/** Longest silence before a connection counts as dead; 0 = never. */
	silenceMs: number;
	/** Age after which a connection that delivered something is made again; infinite = never. */
	refreshMs: number;
	/** Silence after which everything stored has been sent. */
	quietMs: number;
}

export type Due = { at: number; what: 'open' | 'quiet' | 'refresh' | 'silent' };

const NEVER = Number.POSITIVE_INFINITY;

/** The next moment at which something has to be done if no data comes. */
export function nextDue(facts: ConnectionFacts, limits: ConnectionLimits): Due {
	const { openedAt } = facts;
	if (openedAt === undefined) return { at: facts.waitingSince + limits.openMs, what: 'open' };
	const silentSince = Math.max(facts.lastActivity, facts.waitingSince);
	const candidates: Due[] = [
		{ at: limits.silenceMs > 0 ? silentSince + silenceLimit(facts.heartbeatMs, limits.silenceMs) : NEVER, what: 'silent' },
		{ at: facts.frames > 0 ? openedAt + limits.refreshMs : NEVER, what: 'refresh' },
		{ at: facts.quietDone ? NEVER : Math.max(openedAt, facts.waitingSince) + limits.quietMs, what: 'quiet' },
	];
	return candidates.reduce((first, other) => (other.at < first.at ? other : first));
}

/** Three heartbeats have to be missed, and never less than the shortest silence has to pass. */
function silenceLimit(heartbeatMs: number, silenceMs: number): number {
	return heartbeatMs > 0 ? Math.min(silenceMs, Math.max(3 * heartbeatMs, PACE.shortestSilence)) : silenceMs;
}

/**
 * Learns the interval of a server's heartbeat: the time between two arrivals of which neither brought a frame. Events
 * do not count, since their pace says nothing about the connection.
 */
export class Heartbeat {
	intervalMs = 0;
	private last: number | undefined;
	private candidate = 0;
	private frameSince = true;

	activity(now: number): void {
		if (!this.frameSince && this.candidate > 0) this.intervalMs = Math.max(this.intervalMs, this.candidate);
		this.candidate = this.last !== undefined && !this.frameSince ? now - this.last : 0;
		this.last = now;
		this.frameSince = false;
	}

	frame(): void {
		this.frameSince = true;
		this.candidate = 0;
	}
}
