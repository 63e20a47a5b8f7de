import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';

/** Seconds for which an access token is good, whatever way it was got. */
export const hour = 60 * 60;

export const restScope = 'rest_webservices';

/** Why an access token is not taken, in the words of the Login Audit Trail. */
export type TokenRefusal = 'AccessTokenExpired' | 'TokenRejected' | 'ScopeMismatched';

/** What tests can do to access tokens. */
export interface TokenRules {
	/** Life of tokens that are issued from now on. */
	lifeSeconds: number;
	/** `issued`: all tokens up to now are refused, new ones are good. `all`: every token is refused, until `none`. */
	refuse: 'none' | 'issued' | 'all';
}

interface Issued {
	expires: number;
	scopes: readonly string[];
}

/**
 * The access tokens of the account. They look like NetSuite's own, a JWT with these claims
 * (https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_158255317571.html), and like those are nothing
 * that a client should read.
 */
export class AccessTokens {
	private readonly issued = new Map<string, Issued>();
	private readonly secret = randomBytes(32);
	private lifeSeconds = hour;
	private refuseAll = false;

	/** @param known a token that is always good, for tests that are about something else */
	constructor(
		private readonly accountId: string,
		private readonly known: string,
	) {}

	async issue(clientId: string, scopes: readonly string[]): Promise<{ token: string; lifeSeconds: number }> {
		const { lifeSeconds } = this;
		const token = await new SignJWT({ scope: scopes })
			.setProtectedHeader({ typ: 'JWT', alg: 'HS256', kid: 's.SYSTEM.DOUBLE' })
			.setSubject('3;5')
			.setAudience([`${this.accountId};double`, clientId])
			.setIssuer('https://system.netsuite.com')
			.setIssuedAt()
			.setExpirationTime(`${lifeSeconds} seconds`)
			.setJti(randomBytes(8).toString('hex'))
			.sign(this.secret);
		this.issued.set(token, { expires: Date.now() + lifeSeconds * 1000, scopes });
		return { token, lifeSeconds };
	}

	/** @param authorization the header `Bearer …` of a call of REST web services */
	check(authorization: string): TokenRefusal | undefined {
		const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
		if (token === undefined || this.refuseAll) return 'TokenRejected';
		if (token === this.known) return undefined;
		const found = this.issued.get(token);
		if (!found) return 'TokenRejected';
		if (found.expires <= Date.now()) return 'AccessTokenExpired';
		return found.scopes.includes(restScope) ? undefined : 'ScopeMismatched';
	}

	obey({ lifeSeconds, refuse }: Partial<TokenRules>): void {
		if (lifeSeconds !== undefined) this.lifeSeconds = lifeSeconds;
		if (refuse === undefined) return;
		this.refuseAll = refuse === 'all';
		if (refuse === 'issued') this.issued.clear();
	}

	reset(): void {
		this.lifeSeconds = hour;
		this.refuseAll = false;
	}
}
