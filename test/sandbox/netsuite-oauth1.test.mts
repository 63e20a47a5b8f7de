import { OAuth1Checker, signature, type TokenKeys } from '../../packages/sandbox/src/netsuite/oauth1.mts';

const keys: TokenKeys = {
	accountId: '1234567_SB1',
	consumerKey: 'consumer',
	consumerSecret: 'consumer secret &',
	tokenKey: 'token',
	tokenSecret: 'token/secret',
};
const now = Date.UTC(2026, 0, 31);
const url = 'https://127.0.0.1:8443/services/rest/record/v1/workOrder?q=tranId%20IS%20%22A%22&limit=5';

function header(changes: Record<string, string | undefined> = {}, signedUrl = url, method = 'GET'): string {
	const oauth = new Map(
		Object.entries({
			realm: keys.accountId,
			oauth_consumer_key: keys.consumerKey,
			oauth_token: keys.tokenKey,
			oauth_signature_method: 'HMAC-SHA256',
			oauth_timestamp: String(now / 1000),
			oauth_nonce: 'nonce-1',
			oauth_version: '1.0',
			...changes,
		}).filter((pair): pair is [string, string] => pair[1] !== undefined),
	);
	oauth.set('oauth_signature', changes.oauth_signature ?? signature({ method, url: signedUrl }, oauth, keys));
	return `OAuth ${[...oauth].map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(', ')}`;
}

describe('token-based authentication', () => {
	const check = (authorization: string, requireRealm = true) =>
		new OAuth1Checker(keys).check({ method: 'GET', url, authorization }, requireRealm, now);

	it('computes the signature of RFC 5849 (worked example of section 3.4.1.1 with SHA-256 instead of SHA-1)', () => {
		const oauth = new Map([
			['oauth_consumer_key', '9djdj82h48djs9d2'],
			['oauth_token', 'kkk9d7dh3k39sjv7'],
			['oauth_signature_method', 'HMAC-SHA1'],
			['oauth_timestamp', '137131201'],
			['oauth_nonce', '7d8f3e4a'],
			// The form body of the example is signed too; here it stands in for further query parameters.
		]);
		const example = 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2&a3=2+q';
		// HMAC-SHA256 over the base string printed in the RFC, computed with openssl.
		expect(
			signature({ method: 'POST', url: example }, oauth, {
				consumerSecret: 'j49sk3j29djd',
				tokenSecret: 'dh893hdasih9',
			}),
		).toBe('lIfydhbOitvsm4DvUwgM0NdR1Mzd08HnXI+q+EG0QKo=');
	});

	it('accepts a rightly signed request', () => {
		expect(check(header())).toBeUndefined();
	});

	it.each<[string, Record<string, string | undefined>]>([
		['WrongRealm', { realm: '1234567-sb1' }],
		['WrongRealm', { realm: undefined }],
		['ConsumerKeyInvalid', { oauth_consumer_key: 'other' }],
		['TokenInvalid', { oauth_token: 'other' }],
		['SignatureMethodUnsupported', { oauth_signature_method: 'HMAC-SHA1' }],
		['TimestampRefused', { oauth_timestamp: String(now / 1000 - 301) }],
		['TimestampRefused', { oauth_timestamp: 'soon' }],
		['InvalidSignature', { oauth_signature: 'AAAA' }],
	])('says %s for %o', (refusal, changes) => {
		expect(check(header(changes))).toBe(refusal);
	});

	it('lets a client without a realm in only when told, and never with a wrong one', () => {
		expect(check(header({ realm: undefined }), false)).toBeUndefined();
		expect(check(header({ realm: 'other' }), false)).toBe('WrongRealm');
	});

	it('notices another method, path or parameter than the signed one', () => {
		for (const other of [url.replace('limit=5', 'limit=6'), url.replace('workOrder', 'invoice')]) {
			expect(check(header({}, other))).toBe('InvalidSignature');
		}
		expect(check(header({}, url, 'DELETE'))).toBe('InvalidSignature');
	});

	it('takes a nonce once', () => {
		const checker = new OAuth1Checker(keys);
		const request = { method: 'GET', url, authorization: header() };
		expect(checker.check(request, true, now)).toBeUndefined();
		expect(checker.check(request, true, now)).toBe('NonceUsed');
	});
});
