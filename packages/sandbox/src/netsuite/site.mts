import { AsyncJobs } from './async-jobs.mts';
import { CallLog } from '../web/calls.mts';
import { noFaults, type Faults } from '../web/faults.mts';
import type { PassingCode } from './errors.mts';
import { MachineSignIn } from './machine.mts';
import type { PlantRules } from './manufacturing.mts';
import { AuthorizationCodeGrant, type ClientKeys, type TokenAnswer } from './oauth2.mts';
import { seed } from './seed.mts';
import { Store } from './store.mts';
import { AccessTokens, type TokenRefusal } from './tokens.mts';

export interface Switches extends PlantRules {
	/** Calls at a time; the others are refused with 429. 0 = as many as come. */
	concurrencyLimit: number;
}

export interface NetsuiteFaults extends Faults {
	/** `o:errorCode`; '' = the usual one for the status. */
	code: PassingCode | '';
}

export interface Settings extends ClientKeys {
	accountId: string;
	accessToken: string;
	refreshToken: string;
	seed: number;
}

export const tokenPath = '/services/rest/auth/oauth2/v1/token';

export const defaultSettings: Settings = {
	accountId: '1234567_SB1',
	clientId: 'sandbox-client',
	clientSecret: 'sandbox-client-secret',
	accessToken: 'sandbox-access',
	refreshToken: 'sandbox-refresh',
	seed: 1,
};

const defaultSwitches: Switches = { concurrencyLimit: 0, assemblySerials: 'required', componentSerials: 'any', overage: 'refused' };

/** One line of the Login Audit Trail. */
export interface LoginAttempt {
	at: string;
	scheme: 'OAuth 2.0' | 'none';
	/** For the token endpoint the reason behind the error that the client sees. */
	detail: TokenRefusal | (string & {});
}

/** Everything one running double holds. `reset` starts over with the same address and keys. */
export class Site {
	readonly calls = new CallLog();
	jobs = new AsyncJobs();
	readonly tokens: AccessTokens;
	readonly codeGrant: AuthorizationCodeGrant;
	readonly machine: MachineSignIn;
	faults: NetsuiteFaults = { ...noFaults(), code: '' };
	/** API calls that are being answered. */
	underWay = 0;
	switches: Switches = { ...defaultSwitches };
	refusedLogins: LoginAttempt[] = [];
	store: Store;

	constructor(readonly settings: Settings) {
		this.tokens = new AccessTokens(settings.accountId, settings.accessToken);
		this.codeGrant = new AuthorizationCodeGrant(settings, this.tokens, settings.refreshToken);
		this.machine = new MachineSignIn(settings.clientId, this.tokens);
		this.store = this.fresh();
	}

	reset(newSeed?: number): void {
		if (newSeed !== undefined) this.settings.seed = newSeed;
		this.switches = { ...defaultSwitches };
		this.faults = { ...noFaults(), code: '' };
		this.refusedLogins = [];
		this.tokens.reset();
		this.machine.reset();
		this.calls.clear();
		this.jobs = new AsyncJobs();
		const before = this.store.revision;
		this.store = this.fresh();
		// Pages compare revisions: it must not stand still or run backwards over a reset.
		this.store.revision += before + 1;
	}

	/** Whether a call with this Authorization header may pass. */
	admits(authorization: string): boolean {
		if (!/^Bearer\s/i.test(authorization)) return this.refuse('none', 'NoAuthorizationHeader');
		const refusal = this.tokens.check(authorization);
		return refusal === undefined || this.refuse('OAuth 2.0', refusal);
	}

	/** The token endpoint. @param origin of the address under which it was called */
	async token(form: URLSearchParams, authorization: string, origin: string): Promise<TokenAnswer> {
		const answer =
			form.get('grant_type') === 'client_credentials'
				? await this.machine.token(form, [origin, `https://${this.host}`].map((each) => each + tokenPath))
				: await this.codeGrant.token(form, authorization);
		if (answer.detail !== undefined) this.refuse('OAuth 2.0', answer.detail);
		return answer;
	}

	/** Where a real account of this id is: `1234567_SB1` is at `1234567-sb1`. */
	get host(): string {
		return `${this.settings.accountId.toLowerCase().replaceAll('_', '-')}.suitetalk.api.netsuite.com`;
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
