/** Every waiting time of the delivery, milliseconds, in one place. */
export const PACE = {
	/** After the time-out of a workflow n8n still has to end the run and tell so. */
	runGrace: 30_000,
	/**
	 * n8n has taken a run up this long after `emit`. A shutdown of n8n waits for runs that it has taken up, and cuts off
	 * those that are still on their way there.
	 */
	takenUp: 2_000,
	/** For the end of a run while no end was ever told. A longer first run only lets the second one begin beside it. */
	firstEnd: 120_000,
	/** Least wait for the end of a run in queue mode, where n8n may never tell it. */
	queuedEnd: 60_000,
	/**
	 * The same where a failed run is tried again: n8n tells the end of a run whose worker died after the lock of the job
	 * (60 s by default), the next look for stalled jobs (30 s) and 30 s of grace.
	 */
	queuedVerdict: 180_000,
	/** A run of which an engine tells nothing counts as under way for so long. */
	untoldRun: 2_000,
	/** First and longest wait between two runs of one event. */
	retryFirst: 5_000,
	retryLongest: 60_000,
	/** Longest wait between two runs of one event while another system is down. */
	outageLongest: 300_000,
	/** First and longest wait between two connection attempts. */
	reconnectFirst: 1_000,
	reconnectLongest: 60_000,
	/** A connection that held so long was of use, even if it brought nothing: the next wait starts from the beginning. */
	healthy: 60_000,
	/** Between attempts while a person has to act (token, path, certificate), and after n8n refused to start a run. */
	slow: 60_000,
	/** A server that accepts a stream at all does so within this time. */
	openWithin: 30_000,
	/** The same for the first connection, questions before it included: a person waits, and n8n tries it five times. */
	startWithin: 9_000,
	/** A Pico that cannot be reached for so long is worth a failed execution. */
	down: 3_600_000,
	/** Least silence that counts as a dead connection where a heartbeat is known. */
	shortestSilence: 30_000,
	/** A refusal of the subscription comes within this time after the server accepted the stream. */
	settle: 300,
	/** Silence after which everything stored has been sent. */
	quiet: 5_000,
	/** How long a run of several events waits for one more of them to arrive. */
	gather: 20,
	/** A connection is not made anew more often than this to re-read the look-back window. */
	refreshLeast: 10_000,
};
