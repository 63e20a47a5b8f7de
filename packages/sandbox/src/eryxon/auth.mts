import { ApiError } from './errors.mts';
import type { ApiRequest } from './request.mts';
import type { Site } from './site.mts';

/** `Authorization: Bearer ery_live_…` (or `ery_test_…`). Until June 2026 every refusal came as a 500. */
export function authenticate(site: Site, request: ApiRequest): void {
	const refuse = (message: string): ApiError =>
		site.switches.authErrors === '500'
			? new ApiError(500, 'INTERNAL_ERROR', message)
			: new ApiError(401, 'UNAUTHORIZED', message);
	const header = request.headers.authorization;
	if (!header) throw refuse('Missing authorization header');
	const key = /^Bearer (.+)$/.exec(header)?.[1] ?? '';
	if (!/^ery_(live|test)_/.test(key)) throw refuse('Invalid API key format');
	if (key !== site.settings.apiKey) throw refuse('Invalid API key');
}
