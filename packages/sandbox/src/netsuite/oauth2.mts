import { randomBytes } from 'node:crypto';
import { restScope, type AccessTokens } from './tokens.mts';

export interface ClientKeys {
	clientId: string;
	clientSecret: string;
}

export interface TokenAnswer {
	status: number;
	body: Record<string, unknown>;
	/** For the Login Audit Trail; the client only sees the error. */
	detail?: string;
}

/**
 * OAuth 2.0 authorization code grant as n8n's OAuth2 credential uses it: the consent page agrees at once, codes and
 * refresh tokens buy access tokens for an hour. One refresh token is known beforehand for tests.
 */
export class AuthorizationCodeGrant {
	private readonly codes = new Set<string>();
	private readonly refreshTokens: Set<string>;

	constructor(
		private readonly keys: ClientKeys,
		private readonly tokens: AccessTokens,
		firstRefreshToken: string,
	) {
		this.refreshTokens = new Set([firstRefreshToken]);
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
	async token(form: URLSearchParams, authorization: string): Promise<TokenAnswer> {
		const basic = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
		const [id, secret] = basic
			? Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
			: [form.get('client_id'), form.get('client_secret')];
		if (id !== this.keys.clientId || secret !== this.keys.clientSecret) {
			return refuse(401, 'invalid_client', 'ClientAuthenticationFailed');
		}
		switch (form.get('grant_type')) {
			case 'authorization_code':
				return this.codes.delete(form.get('code') ?? '') ? await this.issue() : refuse(400, 'invalid_grant');
			case 'refresh_token':
				return this.refreshTokens.has(form.get('refresh_token') ?? '') ? await this.issue() : refuse(400, 'invalid_grant');
			default:
				return refuse(400, 'invalid_request');
		}
	}

	private async issue(): Promise<TokenAnswer> {
		const { token, lifeSeconds } = await this.tokens.issue(this.keys.clientId, [restScope]);
		const refresh = randomBytes(24).toString('hex');
		this.refreshTokens.add(refresh);
		return {
			status: 200,
			body: { access_token: token, refresh_token: refresh, expires_in: lifeSeconds, token_type: 'bearer' },
		};
	}
}

/**
 * `{"error": "..."}` and nothing else, a wrong grant type included
 * (https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_161252460252.html).
 */
export const refuse = (status: 400 | 401, error: string, detail: string = error): TokenAnswer => ({
	status,
	body: { error },
	detail,
});
