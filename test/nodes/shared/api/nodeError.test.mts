import type { INode } from 'n8n-workflow';

import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import { errorSaying, toNodeError } from '../../../../nodes/shared/api/nodeError.ts';

const node = { name: 'Pico' } as INode;
/** For which n8n has a sentence of its own. */
const CODE = 'Nothing accepts connections at plant.example (ECONNREFUSED)';

test('a failure shows message, hint and status', () => {
	const error = toNodeError(node, new PicoFailure('auth', 'Pico refused the token', { hint: 'Check it.', status: 401 }));
	expect(error).toMatchObject({ message: 'Pico refused the token', description: 'Check it.', httpCode: '401' });
});

test.each([
	['of a connection', () => toNodeError(node, new PicoFailure('network', CODE))],
	['of the input', () => toNodeError(node, new PicoFailure('input', CODE))],
	['of a failed execution', () => errorSaying(node, CODE, 'Look.')],
])('the words %s are ours, also those that name a network code', (_what, error) => {
	expect(error().message).toBe(CODE);
});
