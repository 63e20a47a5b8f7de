import { createHmac, timingSafeEqual } from 'node:crypto';

export interface TokenKeys {
	accountId: string;
	consumerKey: string;
	consumerSecret: string;
	tokenKey: string;
	tokenSecret: string;
}

export interface SignedRequest {
	method: string;
	/** Full address as the client called it. */
	url: string;
	authorization: string;
}

/** The reasons NetSuite shows in its Login Audit Trail; the client only ever sees INVALID_LOGIN. */
export type Refusal =
	| 'NoAuthorizationHeader'
	| 'WrongRealm'
	| 'ConsumerKeyInvalid'
	| 'TokenInvalid'
	| 'SignatureMethodUnsupported'
	| 'TimestampRefused'
	| 'NonceUsed'
	| 'InvalidSignature';

const maxClockDifference = 5 * 60;
const keptNonces = 10_000;

/** Checks token-based authentication: OAuth 1.0 (RFC 5849) with HMAC-SHA256 and the account as realm. */
export class OAuth1Checker {
	private readonly nonces = new Set<string>();

	constructor(private readonly keys: TokenKeys) {}

	/** @param requireRealm false lets clients in that send no realm at all, which a real account refuses */
	check(request: SignedRequest, requireRealm: boolean, now = Date.now()): Refusal | undefined {
		const given = parseHeader(request.authorization);
		if (!given) return 'NoAuthorizationHeader';
		const realm = given.get('realm');
		if (realm === undefined ? requireRealm : realm !== this.keys.accountId) return 'WrongRealm';
		if (given.get('oauth_consumer_key') !== this.keys.consumerKey) return 'ConsumerKeyInvalid';
		if (given.get('oauth_token') !== this.keys.tokenKey) return 'TokenInvalid';
		if (given.get('oauth_signature_method') !== 'HMAC-SHA256') return 'SignatureMethodUnsupported';
		const timestamp = Number(given.get('oauth_timestamp'));
		if (!(Math.abs(now / 1000 - timestamp) <= maxClockDifference)) return 'TimestampRefused';
		const expected = signature(request, given, this.keys);
		if (!sameText(expected, given.get('oauth_signature') ?? '')) return 'InvalidSignature';
		return this.use(`${timestamp}:${given.get('oauth_nonce') ?? ''}`) ? undefined : 'NonceUsed';
	}

	private use(nonce: string): boolean {
		if (this.nonces.has(nonce)) return false;
		this.nonces.add(nonce);
		if (this.nonces.size > keptNonces) {
			const [oldest] = this.nonces;
			if (oldest !== undefined) this.nonces.delete(oldest);
		}
		return true;
	}
}

function parseHeader(header: string): Map<string, string> | undefined {
	const match = /^OAuth\s+(.*)$/is.exec(header);
	if (!match) return undefined;
	const pairs = [...(match[1] ?? '').matchAll(/([\w-]+)="([^"]*)"/g)];
	return new Map(pairs.map(([, name = '', value = '']) => [name, decode(value)]));
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** RFC 5849 3.6: everything but letters, digits, `-`, `.`, `_` and `~` is encoded. */
const encode = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** RFC 5849 3.4.2 over the base string of 3.4.1. A JSON body is not part of what is signed. */
export function signature(
	{ method, url }: Pick<SignedRequest, 'method' | 'url'>,
	oauth: ReadonlyMap<string, string>,
	{ consumerSecret, tokenSecret }: Pick<TokenKeys, 'consumerSecret' | 'tokenSecret'>,
): string {
	const address = new URL(url);
	const pairs = [...address.searchParams, ...oauth]
		.filter(([name]) => name !== 'realm' && name !== 'oauth_signature')
		.map(([name, value]): [string, string] => [encode(name), encode(value)])
		.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
	const parameters = pairs.map(([name, value]) => `${name}=${value}`).join('&');
	const base = [method.toUpperCase(), `${address.origin}${address.pathname}`, parameters].map(encode).join('&');
	return createHmac('sha256', `${encode(consumerSecret)}&${encode(tokenSecret)}`)
		.update(base)
		.digest('base64');
}

function sameText(left: string, right: string): boolean {
	const [a, b] = [Buffer.from(left), Buffer.from(right)];
	return a.length === b.length && timingSafeEqual(a, b);
}
