import { randomBytes } from 'node:crypto';
import { crud } from './crud.mts';
import { ApiError, badRequest, DatabaseError, ValidationError } from './errors.mts';
import { ok, readBody, type ApiAnswer, type ApiRequest } from './request.mts';
import type { Site } from './site.mts';
import type { Row, Values } from './table.mts';
import { validateWebhook } from './validate.mts';
import { isLocal } from './webhooks/attempt.mts';

/** `/api-webhooks`: a client registers where events go. Each generation wants other fields. */
export function webhooksFunction(site: Site, request: ApiRequest): ApiAnswer {
	if (site.dialect === 'g1') return firstWebhooks(site, request);
	const strict = site.dialect === 'g3';
	const hidden = strict ? ['secret_key'] : [];
	const answer = crud(site, 'webhooks', request, {
		hidden,
		hardDelete: true,
		check: (values, existing) => check(site, values, existing),
	});
	// Switching a disabled webhook on again forgets its failures.
	const changed = strict && request.method === 'PATCH' && readBody(request, site.dialect).active === true;
	const row = changed ? site.db.get('webhooks', request.query.get('id')) : undefined;
	if (row) site.db.update('webhooks', row, { consecutive_failures: 0, disabled_reason: null });
	return row ? ok({ webhook: { ...row } }) : answer;
}

function check(site: Site, values: Values, existing: Row | undefined): void {
	const { httpsOnly, privateTargets } = site.switches;
	const strict = site.dialect === 'g3';
	if (existing && !strict) return;
	const findings = validateWebhook({ ...existing, ...values }, strict, httpsOnly && strict);
	if (findings.length > 0) throw new ValidationError(findings);
	const url = String(values.url ?? existing?.url);
	if (strict && !privateTargets && isLocal(url)) {
		throw badRequest('Webhook url must not point to a private or loopback address');
	}
}

/** The first handler took one `event_type`, a column that its own table did not have. */
function firstWebhooks(site: Site, request: ApiRequest): ApiAnswer {
	const shown = (row: Row): Values => {
		const { events, ...rest } = row;
		return { ...rest, event_type: Array.isArray(events) ? events[0] : null };
	};
	switch (request.method) {
		case 'GET':
			return ok({ webhooks: [...site.db.table('webhooks').rows.values()].map(shown) });
		case 'POST': {
			const { url, event_type: event, secret_key: secret, active = true } = readBody(request, 'g1');
			if (!url || !event) throw badRequest('url and event_type are required');
			if (!site.switches.firstWebhooks) {
				throw new DatabaseError("Could not find the 'event_type' column of 'webhooks' in the schema cache");
			}
			const secret_key = secret ?? randomBytes(32).toString('hex');
			return {
				status: 201,
				data: { webhook: shown(site.db.insert('webhooks', { url, events: [event], secret_key, active })) },
			};
		}
		case 'DELETE':
			return crud(site, 'webhooks', request, { hidden: [], hardDelete: true });
		default:
			throw new ApiError(405, 'METHOD_NOT_ALLOWED', `Method ${request.method} not allowed`);
	}
}
