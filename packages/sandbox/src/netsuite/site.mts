import { CallLog } from '../web/calls.mts';
import { noFaults, type Faults } from '../web/faults.mts';
import type { SerialRules } from './manufacturing.mts';
import { OAuth1Checker, type Refusal, type TokenKeys } from './oauth1.mts';
import { OAuth2, type ClientKeys } from './oauth2.mts';
import { seed } from './seed.mts';
import { Store } from './store.mts';

export interface Switches extends SerialRules {
	/** false lets OAuth 1 clients in that send no realm (n8n's generic OAuth1 credential cannot). */
	requireRealm: boolean;
}

export interface Settings extends TokenKeys, ClientKeys {
	accessToken: string;
	refreshToken: string;
	seed: number;
}

export const defaultSettings: Settings = {
	accountId: '1234567_SB1',
	consumerKey: 'sandbox-consumer',
	consumerSecret: 'sandbox-consumer-secret',
	tokenKey: 'sandbox-token',
	tokenSecret: 'sandbox-token-secret',
	clientId: 'sandbox-client',
	clientSecret: 'sandbox-client-secret',
	accessToken: 'sandbox-access',
	refreshToken: 'sandbox-refresh',
	seed: 1,
};

const defaultSwitches: Switches = { requireRealm: true, assemblySerials: 'required', componentSerials: 'any' };

/** One line of the Login Audit Trail. */
export interface LoginAttempt {
	at: string;
	scheme: 'OAuth 1.0' | 'OAuth 2.0' | 'none';
	detail: Refusal | 'TokenRefused' | 'NoAuthorizationHeader';
}

/** Everything one running double holds. `reset` starts over with the same address and keys. */
export class Site {
	readonly calls = new CallLog();
	readonly oauth2: OAuth2;
	readonly oauth1: OAuth1Checker;
	faults: Faults = noFaults();
	switches: Switches = { ...defaultSwitches };
	refusedLogins: LoginAttempt[] = [];
	store: Store;

	constructor(readonly settings: Settings) {
		this.oauth1 = new OAuth1Checker(settings);
		this.oauth2 = new OAuth2(settings, settings.accessToken, settings.refreshToken);
		this.store = this.fresh();
	}

	reset(newSeed?: number): void {
		if (newSeed !== undefined) this.settings.seed = newSeed;
		this.switches = { ...defaultSwitches };
		this.faults = noFaults();
		this.refusedLogins = [];
		this.calls.clear();
		const before = this.store.revision;
		this.store = this.fresh();
		// Pages compare revisions: it must not stand still or run backwards over a reset.
		this.store.revision += before + 1;
	}

	/** Checks the Authorization header of one request. Answers whether it may pass. */
	admits(request: { method: string; url: string; authorization: string }): boolean {
		const { authorization } = request;
		if (/^Bearer\s/i.test(authorization)) {
			return this.oauth2.allows(authorization) || this.refuse('OAuth 2.0', 'TokenRefused');
		}
		if (!/^OAuth\s/i.test(authorization)) return this.refuse('none', 'NoAuthorizationHeader');
		const refusal = this.oauth1.check(request, this.switches.requireRealm);
		return refusal === undefined || this.refuse('OAuth 1.0', refusal);
	}

	private refuse(scheme: LoginAttempt['scheme'], detail: LoginAttempt['detail']): false {
		this.refusedLogins.push({ at: new Date().toISOString(), scheme, detail });
		this.refusedLogins = this.refusedLogins.slice(-100);
		return false;
	}

	private fresh(): Store {
		const store = new Store();
		seed(store, this.settings.seed);
		return store;
	}
}
