import { createHash, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { refuse, type TokenAnswer } from './oauth2.mts';
import { hour, type AccessTokens } from './tokens.mts';

/** A line of the page *OAuth 2.0 Client Credentials (M2M) Setup*: an application and the certificate of its client. */
export interface Mapping {
	readonly certificateId: string;
	readonly clientId: string;
	readonly certificate: X509Certificate;
	revoked: boolean;
	/** End of the certificate; tests set an earlier one. */
	validUntil: Date;
}

/** What Oracle does not say, and tests can choose. */
export interface MachineRules {
	/** By how much the account's clock is ahead of this machine's; negative: behind. */
	clockAheadSeconds: number;
	/** Whether one assertion buys a token twice. */
	repeatedAssertion: 'accepted' | 'refused';
}

const defaultRules: MachineRules = { clockAheadSeconds: 0, repeatedAssertion: 'accepted' };

/** RSASSA-PSS and elliptic curves; not RS256, which most libraries take by default. */
const algorithms = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const scopes = ['restlets', 'rest_webservices', 'suite_analytics', 'mcp'];
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Clocks differ a little; how much NetSuite allows is not documented. */
const clockTolerance = 60;

/**
 * OAuth 2.0 client credentials, the sign-in of a machine: the client proves with a signed JWT that it has the private
 * key of a certificate that an administrator has mapped to it, and gets an access token for an hour, no refresh token.
 *
 * The request: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162755359851.html
 * The JWT: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162790605110.html
 * Mappings: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162686838198.html
 *
 * Which error an assertion that is not good gets is not documented for this grant: RFC 7521, 4.2.1, says `invalid_client`.
 */
export class MachineSignIn {
	private readonly mappings = new Map<string, Mapping>();
	private readonly used = new Set<string>();
	private rules: MachineRules = { ...defaultRules };

	constructor(
		private readonly clientId: string,
		private readonly tokens: AccessTokens,
	) {}

	/** Maps a certificate to the client. @throws Error in plain words when NetSuite would not take the certificate */
	map(pem: string): Mapping {
		const certificate = readCertificate(pem);
		const certificateId = createHash('sha256').update(certificate.raw).digest('base64url');
		const validUntil = new Date(certificate.validTo);
		const mapping = { certificateId, clientId: this.clientId, certificate, revoked: false, validUntil };
		this.mappings.set(certificateId, mapping);
		return mapping;
	}

	all(): Mapping[] {
		return [...this.mappings.values()];
	}

	/** @throws Error when there is no such mapping */
	mapping(certificateId: string): Mapping {
		const mapping = this.mappings.get(certificateId);
		if (!mapping) throw new Error(`No mapping has the certificate id ${certificateId}`);
		return mapping;
	}

	obey(rules: Partial<MachineRules>): MachineRules {
		this.rules = { ...this.rules, ...rules };
		return this.rules;
	}

	/** All mappings are good again, the account's clock is right. */
	reset(): void {
		this.rules = { ...defaultRules };
		for (const mapping of this.mappings.values()) {
			mapping.revoked = false;
			mapping.validUntil = new Date(mapping.certificate.validTo);
		}
	}

	/** @param audiences addresses of the token endpoint that count as its own */
	async token(form: URLSearchParams, audiences: readonly string[]): Promise<TokenAnswer> {
		const assertion = form.get('client_assertion');
		if (!assertion || form.getAll('client_assertion').length > 1 || form.get('client_assertion_type') !== assertionType) {
			return refuse(400, 'invalid_request');
		}
		try {
			const claims = await this.verify(assertion, audiences);
			const asked = scopesOf(claims.scope);
			if (asked.length === 0 || asked.some((scope) => !scopes.includes(scope))) {
				return refuse(400, 'invalid_scope', 'ScopeMismatched');
			}
			if (this.used.has(assertion) && this.rules.repeatedAssertion === 'refused') throw new Refused('AssertionUsed');
			this.used.add(assertion);
			const { token, lifeSeconds } = await this.tokens.issue(this.clientId, asked);
			// A text, as in Oracle's own sample.
			return { status: 200, body: { access_token: token, expires_in: String(lifeSeconds), token_type: 'bearer' } };
		} catch (error) {
			if (error instanceof Refused) return refuse(401, 'invalid_client', error.message);
			// A TypeError says that the key is of another kind than the algorithm wants.
			if (error instanceof TypeError) return refuse(401, 'invalid_client', 'InvalidSignature');
			if (error instanceof errors.JOSEError) return refuse(401, 'invalid_client', detailOf(error));
			throw error;
		}
	}

	private async verify(assertion: string, audiences: readonly string[]): Promise<JWTPayload> {
		const { typ, alg = '', kid = '' } = decodeHeader(assertion);
		if (typ !== 'JWT') throw new Refused('JwtTypeInvalid');
		if (!algorithms.includes(alg)) throw new Refused('SignatureAlgorithmUnsupported');
		const mapping = this.mappings.get(kid);
		if (!mapping) throw new Refused('CertificateUnknown');
		if (mapping.revoked) throw new Refused('CertificateRevoked');
		const now = Date.now() + this.rules.clockAheadSeconds * 1000;
		if (mapping.validUntil.getTime() <= now) throw new Refused('CertificateExpired');
		const { payload } = await jwtVerify(assertion, mapping.certificate.publicKey, {
			algorithms: [alg],
			issuer: mapping.clientId,
			audience: [...audiences],
			requiredClaims: ['iss', 'aud', 'exp', 'iat'],
			currentDate: new Date(now),
			clockTolerance,
		});
		const { iat = 0, exp = 0 } = payload;
		if (iat > now / 1000 + clockTolerance) throw new Refused('IssuedInTheFuture');
		// "Less than 60 minutes", says the page, while Oracle's own sample is good for exactly 60.
		if (exp - iat > hour) throw new Refused('LifeTooLong');
		return payload;
	}
}

class Refused extends Error {}

function decodeHeader(assertion: string): { typ?: string; alg?: string; kid?: string } {
	try {
		return decodeProtectedHeader(assertion);
	} catch {
		throw new Refused('MalformedAssertion');
	}
}

function detailOf(error: errors.JOSEError): string {
	if (error instanceof errors.JWSSignatureVerificationFailed) return 'InvalidSignature';
	if (error instanceof errors.JWTExpired) return 'AssertionExpired';
	if (error instanceof errors.JWTClaimValidationFailed) {
		return { iss: 'InvalidIntegration', aud: 'AudienceInvalid' }[error.claim] ?? `ClaimInvalid: ${error.claim}`;
	}
	return error.code;
}

/** The documentation says a text with commas, Oracle's own sample carries an array. Both are taken. */
function scopesOf(scope: unknown): string[] {
	const given: unknown[] = typeof scope === 'string' ? scope.split(',') : Array.isArray(scope) ? scope : [];
	return given.map((each) => String(each).trim()).filter((each) => each !== '');
}

function readCertificate(pem: string): X509Certificate {
	let certificate: X509Certificate;
	try {
		certificate = new X509Certificate(pem);
	} catch {
		throw new Error('certificate must be the PEM text of a certificate');
	}
	const { asymmetricKeyType, asymmetricKeyDetails = {} } = certificate.publicKey;
	// NetSuite takes these too; the library does not.
	if (asymmetricKeyType === 'rsa-pss') throw new Error('The double takes no RSA-PSS keys: make one with -newkey rsa:4096');
	const bits = asymmetricKeyDetails.modulusLength;
	if (asymmetricKeyType !== 'ec' && bits !== 3072 && bits !== 4096) {
		throw new Error('NetSuite takes RSA keys of 3072 or 4096 bits, and keys of the curves P-256, P-384 and P-521');
	}
	return certificate;
}
