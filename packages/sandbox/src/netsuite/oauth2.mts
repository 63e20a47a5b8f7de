import { randomBytes } from 'node:crypto';

export interface ClientKeys {
	clientId: string;
	clientSecret: string;
}

const tokenLife = 60 * 60 * 1000;

export interface TokenAnswer {
	status: number;
	body: Record<string, unknown>;
}

/**
 * OAuth 2.0 authorization code grant as n8n's OAuth2 credential uses it: the consent page agrees at once, codes and
 * refresh tokens buy access tokens for an hour. One access and one refresh token are known beforehand for tests.
 */
export class OAuth2 {
	private readonly codes = new Set<string>();
	private readonly accessTokens = new Map<string, number>();
	private readonly refreshTokens: Set<string>;

	constructor(
		private readonly keys: ClientKeys,
		firstAccessToken: string,
		firstRefreshToken: string,
	) {
		this.accessTokens.set(firstAccessToken, Number.POSITIVE_INFINITY);
		this.refreshTokens = new Set([firstRefreshToken]);
	}

	allows(authorization: string): boolean {
		const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
		return token !== undefined && (this.accessTokens.get(token) ?? 0) > Date.now();
	}

	/** Where to send the browser: back to the client with a code. Undefined for a client that is not registered. */
	consent(query: URLSearchParams): string | undefined {
		const redirect = query.get('redirect_uri');
		if (query.get('client_id') !== this.keys.clientId || !redirect || !/^https?:\/\//.test(redirect)) return undefined;
		const code = randomBytes(16).toString('hex');
		this.codes.add(code);
		const target = new URL(redirect);
		target.searchParams.set('code', code);
		const state = query.get('state');
		if (state !== null) target.searchParams.set('state', state);
		return target.href;
	}

	/** The token endpoint. The client identifies itself by Basic authentication or in the form. */
	token(form: URLSearchParams, authorization: string): TokenAnswer {
		const basic = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
		const [id, secret] = basic
			? Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
			: [form.get('client_id'), form.get('client_secret')];
		if (id !== this.keys.clientId || secret !== this.keys.clientSecret) return refuse(401, 'invalid_client');
		switch (form.get('grant_type')) {
			case 'authorization_code':
				return this.codes.delete(form.get('code') ?? '') ? this.issue() : refuse(400, 'invalid_grant');
			case 'refresh_token':
				return this.refreshTokens.has(form.get('refresh_token') ?? '') ? this.issue() : refuse(400, 'invalid_grant');
			default:
				return refuse(400, 'unsupported_grant_type');
		}
	}

	private issue(): TokenAnswer {
		const access = randomBytes(24).toString('hex');
		const refresh = randomBytes(24).toString('hex');
		this.accessTokens.set(access, Date.now() + tokenLife);
		this.refreshTokens.add(refresh);
		return {
			status: 200,
			body: { access_token: access, refresh_token: refresh, expires_in: tokenLife / 1000, token_type: 'bearer' },
		};
	}
}

const refuse = (status: number, error: string): TokenAnswer => ({ status, body: { error } });
