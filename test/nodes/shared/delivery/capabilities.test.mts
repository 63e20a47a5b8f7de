import type { ITriggerFunctions } from 'n8n-workflow';

import { capabilitiesOf } from '../../../../nodes/shared/delivery/capabilities.ts';

const n8n = (parts: object) => capabilitiesOf(parts as unknown as ITriggerFunctions);

test('finds what this n8n can do by looking at it', () => {
	const saveFailedExecution = () => undefined;
	expect(n8n({ emit: (_a: 1, _b: 1, _c: 1, _key: 1) => undefined, saveFailedExecution })).toEqual({ deduplicationKey: true, saveFailedExecution: true });
	expect(n8n({ emit: (_a: 1, _b: 1, _c: 1, _d: 1, _e: 1) => undefined, saveFailedExecution })).toEqual({ deduplicationKey: true, saveFailedExecution: true });
	expect(n8n({ emit: (_a: 1, _b: 1, _c: 1) => undefined })).toEqual({ deduplicationKey: false, saveFailedExecution: false });
});
