import { createHash } from 'node:crypto';

const LONGEST = 64;

/**
 * The id under which Pico keeps the webhook of a node: always the same for a node, another one for test runs, so that
 * a test run leaves the webhook of the active workflow alone.
 */
export function subscriptionIdOf(workflowId: string, nodeId: string, mode: 'test' | 'prod'): string {
	const plain = `n8n-${workflowId}-${nodeId}-${mode}`;
	if (plain.length <= LONGEST && /^[\w-]+$/.test(plain)) return plain;
	const hash = createHash('sha256').update(JSON.stringify([workflowId, nodeId])).digest('base64url').slice(0, 40);
	return `n8n-${hash}-${mode}`;
}
