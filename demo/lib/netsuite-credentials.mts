import type { Credential } from './workflows.mts';

/** What a started NetSuite double says of itself, as far as credentials need it. */
export interface NetsuiteAccess {
	/** Plain http address of the double, without a slash at the end. */
	plainUrl: string;
	/** `host:port`, reached by https with HTTP/2. */
	hostname: string;
	credentials: {
		accountId: string;
		consumerKey: string;
		consumerSecret: string;
		tokenKey: string;
		tokenSecret: string;
		clientId: string;
		clientSecret: string;
		accessToken: string;
		refreshToken: string;
		privateKey: string;
		publicKey: string;
		certificateId: string;
	};
}

/**
 * Credentials for the NetSuite double as a person would make them: the key of the machine, OAuth2 (connected already) for
 * the HTTP Request node, token-based authentication for the community NetSuite node. The latter talks https: n8n has to be started
 * with NODE_EXTRA_CA_CERTS set to the double's `caFile`.
 */
export function netsuiteCredentials({ plainUrl, hostname, credentials }: NetsuiteAccess): Credential[] {
	const { accountId, consumerKey, consumerSecret, tokenKey, tokenSecret } = credentials;
	const { clientId, clientSecret, accessToken, refreshToken, privateKey, publicKey } = credentials;
	return [
		{
			id: 'demoNetsuiteKey1',
			name: 'NetSuite sandbox (key)',
			type: 'jwtAuth',
			data: { keyType: 'pemKey', privateKey, publicKey, algorithm: 'PS256' },
		},
		{
			id: 'demoNetsuiteOa2',
			name: 'NetSuite sandbox (OAuth2)',
			type: 'oAuth2Api',
			data: {
				grantType: 'authorizationCode',
				authUrl: `${plainUrl}/app/login/oauth2/authorize.nl`,
				accessTokenUrl: `${plainUrl}/services/rest/auth/oauth2/v1/token`,
				clientId,
				clientSecret,
				scope: 'rest_webservices',
				authQueryParameters: '',
				authentication: 'header',
				oauthTokenData: { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer' },
			},
		},
		{
			id: 'demoNetsuiteTba',
			name: 'NetSuite sandbox',
			type: 'netsuite',
			data: { hostname, accountId, consumerKey, consumerSecret, tokenKey, tokenSecret },
		},
	];
}
