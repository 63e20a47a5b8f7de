import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';

export type Json = Record<string, unknown>;

/** Where an account is, and the machine that may sign in to it. */
export interface Access {
	/** `https://1234567-sb1.suitetalk.api.netsuite.com` */
	url: string;
	clientId: string;
	certificateId: string;
	/** PEM */
	privateKey: string;
}

export interface Answer {
	status: number;
	headers: Headers;
	body: Json;
}

/** What is different from a good sign-in. */
export interface SignIn {
	header?: Partial<JWTHeaderParameters>;
	claims?: JWTPayload;
	key?: KeyObject;
	form?: Record<string, string>;
}

const records = '/services/rest/record/v1';
const tokenPath = '/services/rest/auth/oauth2/v1/token';
const forCurve: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** A NetSuite account, real or not, as any machine sees it. */
export class NetSuite {
	private token = '';

	private constructor(
		readonly access: Access,
		private readonly key: KeyObject,
	) {}

	/** @throws Error in plain words when there is no NetSuite, or it does not let the machine in */
	static async connect(access: Access): Promise<NetSuite> {
		const key = createPrivateKey(access.privateKey);
		if (key.asymmetricKeyType === 'rsa-pss') throw new Error('Keys made with rsa-pss cannot sign here: make one with -newkey rsa:4096');
		const netsuite = new NetSuite({ ...access, url: access.url.replace(/\/+$/, '') }, key);
		const { status, body } = await netsuite.signIn().catch((cause: Error) => {
			throw new Error(`No NetSuite answers at ${access.url}: ${cause.message}`, { cause });
		});
		if (typeof body.access_token !== 'string') {
			throw new Error(`${access.url} does not let the machine in (${status}, ${String(body.error)}): look into the Login Audit Trail`);
		}
		netsuite.token = body.access_token;
		return netsuite;
	}

	/** RSA keys sign with PS256, the others as their curve wants. */
	get algorithm(): string {
		const { asymmetricKeyType, asymmetricKeyDetails } = this.key;
		return asymmetricKeyType === 'ec' ? forCurve[String(asymmetricKeyDetails?.namedCurve)] : 'PS256';
	}

	async signIn({ header, claims, key, form }: SignIn = {}): Promise<Answer> {
		const { url, clientId, certificateId } = this.access;
		const now = Math.floor(Date.now() / 1000);
		const payload = { iss: clientId, scope: 'rest_webservices', aud: url + tokenPath, iat: now, exp: now + 300, ...claims };
		const protectedHeader = { typ: 'JWT', alg: this.algorithm, kid: certificateId, ...header };
		const assertion = await new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key ?? this.key);
		const body = new URLSearchParams({
			grant_type: 'client_credentials',
			client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
			client_assertion: assertion,
			...form,
		});
		return await answered(await fetch(url + tokenPath, { method: 'POST', body }));
	}

	/** @param path below the address of the account */
	async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
		const response = await fetch(this.access.url + path, {
			method,
			headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		return await answered(response);
	}

	/** @param path below the record service */
	async record(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
		return await this.call(method, `${records}/${path}`, body, headers);
	}

	/** @param page parameters `?limit=…&offset=…` */
	async suiteql(q: string, page = '', headers: Record<string, string> = { prefer: 'transient' }): Promise<Answer> {
		return await this.call('POST', `/services/rest/query/v1/suiteql${page}`, { q }, headers);
	}

	/** The rows of one page, without their links. @throws Error with what NetSuite said */
	async rows(q: string): Promise<Json[]> {
		const { status, body } = await this.suiteql(q);
		if (status !== 200) throw new Error(detailOf(body));
		return (body.items as Json[]).map(({ links: _links, ...row }) => row);
	}
}

async function answered(response: Response): Promise<Answer> {
	const text = await response.text();
	let body: Json;
	try {
		body = (text === '' ? {} : JSON.parse(text)) as Json;
	} catch {
		body = { text };
	}
	return { status: response.status, headers: response.headers, body };
}

/** The first error of an answer: its code and NetSuite's own sentence. */
export function detailOf(body: Json): string {
	const [first] = (body['o:errorDetails'] ?? []) as Array<{ detail: string; 'o:errorCode': string }>;
	return first ? `${first['o:errorCode']}: ${first.detail}` : JSON.stringify(body);
}

/** The internal id in the address of a written record. */
export const idOf = ({ headers }: Answer): string => headers.get('location')?.split('/').at(-1) ?? '';
