import { createHmac } from 'node:crypto';

import { readEvent } from '../../nodes/shared/core/webhook/envelope.ts';
import { EVENTS } from '../../nodes/shared/core/webhook/events.ts';
import { MOST_SEEN, readSeen, withSeen } from '../../nodes/shared/core/webhook/seen.ts';
import { checkSignature, isFresh } from '../../nodes/shared/core/webhook/signature.ts';

const SECRET = 'of the hook';
const body = Buffer.from('{"event":"job.completed"}');
const hmac = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');

describe('signatures', () => {
	it('are accepted in both forms', () => {
		expect(checkSignature(SECRET, `sha256=${hmac(body.toString())}`, body)).toEqual({ ok: true });
		expect(checkSignature(SECRET, `t=1700000000,v1=${hmac(`1700000000.${body.toString()}`)}`, body)).toEqual({ ok: true, signedAt: 1700000000 });
	});

	it('may come with a second one, as while a secret is changed', () => {
		expect(checkSignature(SECRET, `t=17,v1=${hmac('17.x', 'old')},v1=${hmac(`17.${body.toString()}`)}`, body).ok).toBe(true);
	});

	it.each([
		['of another secret', `sha256=${hmac(body.toString(), 'other')}`],
		['over another time', `t=18,v1=${hmac(`17.${body.toString()}`)}`],
		['of the other form under this name', `t=17,v1=${hmac(body.toString())}`],
		['cut short', 'sha256=abcd'],
		['missing', undefined],
		['without a known form', 'plain'],
		['without a time', `v1=${hmac(body.toString())}`],
	])('are refused: %s', (_, header) => expect(checkSignature(SECRET, header, body).ok).toBe(false));

	it('cover the bytes, not the meaning', () => {
		expect(checkSignature(SECRET, `sha256=${hmac(body.toString())}`, Buffer.from('{ "event": "job.completed" }')).ok).toBe(false);
	});

	it('are stale after the window, in both directions', () => {
		expect(isFresh(1000, 1_300_000, 300)).toBe(true);
		expect(isFresh(1000, 1_301_000, 300)).toBe(false);
		expect(isFresh(1000, 699_000, 300)).toBe(false);
		expect(isFresh(1000, 9_999_999_000, 0)).toBe(true);
	});
});

describe('events', () => {
	it('of both envelopes have one shape', () => {
		const old = readEvent({ event: 'operation.completed', timestamp: '2026-01-01T00:00:00Z', data: { operation_id: 'o', job_number: '1', previous_status: 'in_progress', new_status: 'completed' } });
		expect(old).toMatchObject({ event: 'operation.completed', kind: 'operation', change: 'completed', occurredAt: '2026-01-01T00:00:00Z', recordId: 'o', newStatus: 'completed', context: { job_number: '1' }, record: null });
		const record = { id: 'o', status: 'completed', external_id: 'X', external_source: 'ERP' };
		const now = readEvent({ id: 'e1', event: 'operation.completed', occurred_at: '2026-01-01T00:00:00Z', tenant_id: 't', data: { record, previous_status: 'in_progress', context: { job_number: '1' } } });
		expect(now).toMatchObject({ eventId: 'e1', recordId: 'o', externalId: 'X', externalSource: 'ERP', newStatus: 'completed', tenantId: 't', record });
	});

	it('without an ID get one from their content, so that a retry has the same', () => {
		const make = (raw: string) => readEvent(JSON.parse(raw))?.eventId;
		expect(make('{"event":"a.b","data":{"x":1}}')).toBe(make('{"event":"a.b","data":{"x":1}}'));
		expect(make('{"event":"a.b","data":{"x":1}}')).not.toBe(make('{"event":"a.b","data":{"x":2}}'));
	});

	it.each([[null], ['text'], [[]], [{}], [{ event: 'a.b' }], [{ data: {} }]])('are nothing else: %j', (value) => {
		expect(readEvent(value)).toBeUndefined();
	});

	it('are offered under all names that are sent', () => {
		expect(EVENTS).toHaveLength(37);
		expect(EVENTS.map(({ value }) => value)).toEqual(expect.arrayContaining(['operation.completed', 'production.reported', 'sync.batch.completed', 'job.stopped']));
	});

	it('are remembered in a list that stays small', () => {
		let seen: string[] = [];
		for (let index = 0; index < 1000; index++) seen = withSeen(seen, String(index));
		expect(seen).toHaveLength(MOST_SEEN);
		expect(seen.at(-1)).toBe('999');
		expect(readSeen('broken')).toEqual([]);
	});
});
