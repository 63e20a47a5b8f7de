import { generateKeyPairSync } from 'node:crypto';
import type { SignIn } from './connection.mts';
import { onEachNetsuite } from './each-netsuite.mts';

const now = (): number => Math.floor(Date.now() / 1000);

onEachNetsuite(({ fact }) => {
	fact('N2 a signed assertion buys an access token for an hour and no refresh token', async ({ netsuite }) => {
		const { status, body } = await netsuite.signIn();
		expect(status).toBe(200);
		expect(body).toMatchObject({ access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
		expect([Number(body.expires_in), String(body.token_type).toLowerCase()]).toEqual([3600, 'bearer']);
		expect(body).not.toHaveProperty('refresh_token');
	});

	for (const [form, scope] of [
		['a text with commas', 'rest_webservices, restlets'],
		['an array', ['rest_webservices']],
	] as const) {
		fact(`N2 the scope may be ${form}`, async ({ netsuite }) => {
			expect((await netsuite.signIn({ claims: { scope } })).status).toBe(200);
		});
	}

	fact('N2 an RSA key may sign with PS384 and PS512 too', async ({ netsuite }) => {
		if (netsuite.algorithm !== 'PS256') return;
		for (const alg of ['PS384', 'PS512']) expect((await netsuite.signIn({ header: { alg } })).status).toBe(200);
	});

	const wrong: Readonly<Record<string, () => SignIn>> = {
		'an unknown certificate ID': () => ({ header: { kid: 'nobody' } }),
		'another client ID': () => ({ claims: { iss: '0'.repeat(64) } }),
		'another audience': () => ({ claims: { aud: 'https://system.netsuite.com/' } }),
		'an assertion that has expired': () => ({ claims: { iat: now() - 7200, exp: now() - 3660 } }),
		'an assertion of tomorrow': () => ({ claims: { iat: now() + 86_400, exp: now() + 86_700 } }),
		'an assertion with a life of two hours': () => ({ claims: { iat: now(), exp: now() + 7200 } }),
		"another machine's key": () => ({ key: generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey, header: { alg: 'PS256' } }),
	};
	for (const [what, changes] of Object.entries(wrong)) {
		fact(`N2 ${what} gets an error and no token`, async ({ netsuite }) => {
			const { status, body } = await netsuite.signIn(changes());
			expect([400, 401]).toContain(status);
			expect(body).toEqual({ error: expect.stringMatching(/^invalid_(client|grant|request)$/) });
		});
	}

	fact('N2 RS256 is refused, though most libraries take it by default', async ({ netsuite }) => {
		if (netsuite.algorithm !== 'PS256') return;
		const { status, body } = await netsuite.signIn({ header: { alg: 'RS256' } });
		expect([400, 401]).toContain(status);
		expect(body).not.toHaveProperty('access_token');
	});

	fact('N2 a request of another form is a bad request', async ({ netsuite }) => {
		const { status, body } = await netsuite.signIn({ form: { client_assertion_type: 'jwt-bearer' } });
		expect({ status, body }).toEqual({ status: 400, body: { error: 'invalid_request' } });
	});

	fact('N2 a call with a token that is not good is 401 INVALID_LOGIN, and the header says which scheme', async ({ netsuite }) => {
		const { status, headers, body } = await netsuite.record('GET', 'metadata-catalog', undefined, { authorization: 'Bearer nonsense' });
		expect(status).toBe(401);
		expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", ?error="invalid_token"/i);
		expect(body).toMatchObject({ status: 401, 'o:errorDetails': [{ 'o:errorCode': 'INVALID_LOGIN' }] });
	});
});
