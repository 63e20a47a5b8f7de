import type { Credential } from './workflows.mts';

/** What a started NetSuite double says of itself, as far as credentials need it. */
export interface NetsuiteAccess {
	/** Plain http address of the double, without a slash at the end. */
	plainUrl: string;
	credentials: {
		clientId: string;
		clientSecret: string;
		accessToken: string;
		refreshToken: string;
		privateKey: string;
		publicKey: string;
		certificateId: string;
	};
}

/** Credentials for the NetSuite double as a person would make them: the key of the machine, and OAuth2 (connected already). */
export function netsuiteCredentials({ plainUrl, credentials }: NetsuiteAccess): Credential[] {
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
	];
}
