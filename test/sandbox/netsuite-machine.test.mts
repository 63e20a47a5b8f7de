import { importPKCS8, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';

type Json = Record<string, unknown>;

/** What is different from a good assertion. */
interface Changes {
	header?: Json;
	claims?: Json;
	alg?: string;
	/** PEM of another key. */
	key?: string;
	form?: Record<string, string | undefined>;
}

const tokenPath = '/services/rest/auth/oauth2/v1/token';
const now = (): number => Math.floor(Date.now() / 1000);

describe('machine sign-in to the NetSuite double', () => {
	let netsuite: NetsuiteDouble;

	beforeAll(async () => {
		netsuite = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
	});
	afterAll(async () => await netsuite.close());
	beforeEach(async () => await control('POST', 'reset', {}));

	async function control<Answer = Json>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
		const response = await fetch(`${netsuite.plainUrl}/control/${path}`, {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const answer = (await response.json()) as Answer & { message?: string };
		if (!response.ok) throw new Error(answer.message);
		return answer;
	}

	async function assertion({ header, claims, alg = 'PS256', key }: Changes): Promise<string> {
		const { clientId, certificateId, privateKey } = netsuite.credentials;
		const payload = {
			iss: clientId,
			scope: 'rest_webservices',
			aud: netsuite.plainUrl + tokenPath,
			iat: now(),
			exp: now() + 300,
			...claims,
		};
		const signer = new SignJWT(payload).setProtectedHeader({ typ: 'JWT', alg, kid: certificateId, ...header });
		return await signer.sign(await importPKCS8(key ?? privateKey, alg));
	}

	async function send(form: Record<string, string | undefined>): Promise<{ status: number; challenge: string | null; body: Json }> {
		const given = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined);
		const response = await fetch(netsuite.plainUrl + tokenPath, { method: 'POST', body: new URLSearchParams(given) });
		return {
			status: response.status,
			challenge: response.headers.get('www-authenticate'),
			body: (await response.json()) as Json,
		};
	}

	const formWith = (client_assertion: string): Record<string, string> => ({
		grant_type: 'client_credentials',
		client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
		client_assertion,
	});

	const signIn = async (changes: Changes = {}) =>
		await send({ ...formWith(await assertion(changes)), ...changes.form });

	const call = async (token: unknown) =>
		await fetch(`${netsuite.plainUrl}/services/rest/record/v1/workOrder`, {
			headers: { authorization: `Bearer ${String(token)}` },
		});

	const lastDetail = async (): Promise<unknown> =>
		(await control<{ refused: Json[] }>('GET', 'logins')).refused.at(-1)?.detail;

	it('gives an access token for an hour and no refresh token', async () => {
		const { status, body } = await signIn();
		expect({ status, body }).toEqual({
			status: 200,
			body: { access_token: expect.stringMatching(/^eyJ.+\..+\..+$/), expires_in: '3600', token_type: 'bearer' },
		});
		expect((await call(body.access_token)).status).toBe(200);
	});

	it.each(['PS256', 'PS384', 'PS512'])('takes %s', async (alg) => {
		expect((await signIn({ alg })).status).toBe(200);
	});

	it.each([
		['ES256', 'P-256'],
		['ES384', 'P-384'],
		['ES512', 'P-521'],
	] as const)('takes %s with a certificate that was mapped for it', async (alg, curve) => {
		const made = await generate([{ name: 'commonName', value: alg }], { keyType: 'ec', curve, algorithm: 'sha256' });
		const { certificateId } = await control('POST', 'machine/mappings', { certificate: made.cert });
		expect((await signIn({ alg, key: made.private, header: { kid: certificateId } })).status).toBe(200);
		expect((await signIn({ alg, key: made.private })).status).toBe(401);
	});

	it.each([
		['a text with commas', 'rest_webservices, restlets'],
		['an array', ['restlets', 'rest_webservices']],
	])('takes the scope as %s', async (_name, scope) => {
		expect((await signIn({ claims: { scope } })).status).toBe(200);
	});

	it('takes the address of the account as audience too', async () => {
		const aud = `https://1234567-sb1.suitetalk.api.netsuite.com${tokenPath}`;
		expect((await signIn({ claims: { aud } })).status).toBe(200);
	});

	it.each<[string, Changes, string]>([
		['RS256', { alg: 'RS256' }, 'SignatureAlgorithmUnsupported'],
		['no type', { header: { typ: undefined } }, 'JwtTypeInvalid'],
		['an unknown certificate id', { header: { kid: 'nobody' } }, 'CertificateUnknown'],
		['no certificate id', { header: { kid: undefined } }, 'CertificateUnknown'],
		['another client id', { claims: { iss: 'somebody' } }, 'InvalidIntegration'],
		['another audience', { claims: { aud: 'https://system.netsuite.com/' } }, 'AudienceInvalid'],
		['an assertion that has expired', { claims: { iat: now() - 700, exp: now() - 600 } }, 'AssertionExpired'],
		['a clock that is ahead', { claims: { iat: now() + 600, exp: now() + 900 } }, 'IssuedInTheFuture'],
		['a life of more than an hour', { claims: { iat: now(), exp: now() + 3601 } }, 'LifeTooLong'],
		['no time of issue', { claims: { iat: undefined } }, 'ClaimInvalid: iat'],
	])('refuses %s', async (_name, changes, detail) => {
		expect(await signIn(changes)).toEqual({
			status: 401,
			challenge: 'Basic realm="1234567_SB1"',
			body: { error: 'invalid_client' },
		});
		expect(await lastDetail()).toBe(detail);
	});

	it("refuses another machine's key", async () => {
		const { private: key } = await generate([], { keySize: 3072, algorithm: 'sha256' });
		expect(await signIn({ key })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
		expect(await lastDetail()).toBe('InvalidSignature');
	});

	it.each<[string, Changes]>([
		['a grant type that it does not know', { form: { grant_type: 'client_credential' } }],
		['another type of assertion', { form: { client_assertion_type: 'jwt-bearer' } }],
		['no assertion', { form: { client_assertion: undefined } }],
	])('calls %s a bad request', async (_name, changes) => {
		const answer = await signIn(changes);
		if (changes.form?.grant_type) expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
		else expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
	});

	it('calls something that is no JWT an invalid client', async () => {
		expect(await send(formWith('no.jwt'))).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
		expect(await lastDetail()).toBe('MalformedAssertion');
	});

	it.each([
		['no scope', undefined],
		['an unknown scope', 'everything'],
		['an unknown scope beside a good one', ['rest_webservices', 'everything']],
	])('refuses %s', async (_name, scope) => {
		expect(await signIn({ claims: { scope } })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
	});

	it('lets a token of another scope not call REST web services', async () => {
		const { body } = await signIn({ claims: { scope: 'restlets' } });
		const answer = await call(body.access_token);
		expect([answer.status, await lastDetail()]).toEqual([401, 'ScopeMismatched']);
	});

	describe('what tests can do to it', () => {
		it('revokes a mapping, and takes it back', async () => {
			await control('POST', 'machine/mappings', { revoked: true });
			expect((await signIn()).status).toBe(401);
			expect(await lastDetail()).toBe('CertificateRevoked');
			await control('POST', 'machine/mappings', { revoked: false });
			expect((await signIn()).status).toBe(200);
		});

		it('ends a certificate, until a new mapping is made', async () => {
			const { certificateId } = netsuite.credentials;
			await control('POST', 'machine/mappings', { certificateId, validUntil: '2026-01-01' });
			expect((await signIn()).status).toBe(401);
			expect(await lastDetail()).toBe('CertificateExpired');
			const made = await generate([], { keySize: 3072, algorithm: 'sha256' });
			const renewed = await control('POST', 'machine/mappings', { certificate: made.cert });
			expect((await signIn({ key: made.private, header: { kid: renewed.certificateId } })).status).toBe(200);
		});

		it('takes no certificate that NetSuite would not take', async () => {
			const { cert } = await generate([], { keySize: 2048, algorithm: 'sha256' });
			await expect(control('POST', 'machine/mappings', { certificate: cert })).rejects.toThrow('3072 or 4096 bits');
			await expect(control('POST', 'machine/mappings', { certificate: 'x' })).rejects.toThrow('PEM');
			await expect(control('POST', 'machine/mappings', { certificateId: 'x' })).rejects.toThrow('No mapping');
		});

		it('sets its clock ahead and behind', async () => {
			await control('POST', 'machine', { clockAheadSeconds: 600 });
			expect((await signIn()).status).toBe(401);
			expect(await lastDetail()).toBe('AssertionExpired');
			await control('POST', 'machine', { clockAheadSeconds: -600 });
			expect((await signIn()).status).toBe(401);
			expect(await lastDetail()).toBe('IssuedInTheFuture');
		});

		it('takes one assertion twice, or once when told so', async () => {
			const form = formWith(await assertion({}));
			expect([(await send(form)).status, (await send(form)).status]).toEqual([200, 200]);
			await control('POST', 'machine', { repeatedAssertion: 'refused' });
			expect((await send(form)).status).toBe(401);
			expect((await signIn()).status).toBe(200);
		});

		it('lets tokens live shorter, and says so', async () => {
			await control('POST', 'tokens', { lifeSeconds: 1 });
			const { body } = await signIn();
			expect(body.expires_in).toBe('1');
			while ((await call(body.access_token)).status === 200);
			expect(await lastDetail()).toBe('AccessTokenExpired');
		});

		it('refuses the tokens of today, or all of them, as NetSuite refuses a token', async () => {
			const { body: first } = await signIn();
			await control('POST', 'tokens', { refuse: 'issued' });
			const refused = await call(first.access_token);
			expect(refused.status).toBe(401);
			expect(refused.headers.get('www-authenticate')).toBe(
				'Bearer realm="1234567_SB1", error="invalid_token", error_description="Invalid login attempt."',
			);
			expect(await refused.json()).toMatchObject({ status: 401, 'o:errorDetails': [{ 'o:errorCode': 'INVALID_LOGIN' }] });
			const { body: second } = await signIn();
			expect((await call(second.access_token)).status).toBe(200);
			await control('POST', 'tokens', { refuse: 'all' });
			expect((await call(second.access_token)).status).toBe(401);
			await control('POST', 'tokens', { refuse: 'none' });
			expect((await call(second.access_token)).status).toBe(200);
		});

		it('shows the mappings without a key', async () => {
			const { certificateId, clientId } = netsuite.credentials;
			const shown = await control<{ mappings: Json[] }>('GET', 'machine');
			expect(shown).toMatchObject({ clientId, clockAheadSeconds: 0 });
			expect(shown.mappings[0]).toEqual({ certificateId, revoked: false, validUntil: expect.any(String) });
			expect(JSON.stringify(await control('GET', 'state'))).not.toMatch(/PRIVATE KEY|eyJ/);
		});
	});
});
