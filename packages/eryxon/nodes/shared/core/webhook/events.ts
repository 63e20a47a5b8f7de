const CHANGES: Record<string, readonly string[]> = {
	batch: ['created', 'updated', 'started', 'completed', 'deleted'],
	issue: ['created', 'updated', 'resolved', 'deleted'],
	job: ['created', 'updated', 'started', 'stopped', 'paused', 'resumed', 'completed', 'deleted'],
	operation: ['created', 'updated', 'started', 'paused', 'resumed', 'completed', 'deleted'],
	part: ['created', 'updated', 'started', 'paused', 'resumed', 'completed', 'deleted'],
	production: ['reported', 'deleted'],
	sync: ['batch.completed', 'jobs.completed', 'parts.completed', 'resources.completed'],
};

/** Sent before 0.11 by any of these ways; newer ones send all but `job.stopped`. */
const BEFORE_0_11 = new Set([
	'batch.completed',
	'batch.started',
	'issue.created',
	'job.completed',
	'job.created',
	'job.resumed',
	'job.started',
	'job.stopped',
	'operation.completed',
	'operation.paused',
	'operation.resumed',
	'operation.started',
	'sync.batch.completed',
	'sync.jobs.completed',
	'sync.parts.completed',
	'sync.resources.completed',
]);

/** What a person sends from the administration page to try a webhook out. */
export const TEST_EVENT = 'webhook.test';

/** Every event that some version of Eryxon sends. */
export const EVENTS: ReadonlyArray<{ name: string; value: string; description: string }> = Object.entries(CHANGES)
	.flatMap(([kind, changes]) => changes.map((change) => `${kind}.${change}`))
	.sort()
	.map((value) => ({ name: titleOf(value), value, description: since(value) }));

function titleOf(value: string): string {
	return value
		.split('.')
		.map((word) => word[0].toUpperCase() + word.slice(1))
		.join(' ');
}

function since(value: string): string {
	if (value === 'job.stopped') return 'Only before 0.11';
	return BEFORE_0_11.has(value) ? 'All versions' : 'From 0.11 on';
}
