import { readFileSync } from 'node:fs';
import { startNetsuiteDouble } from '../../../packages/sandbox/src/netsuite/server.mts';
import { NetSuite, type Access } from './connection.mts';
import { Workshop, type MoreFields } from './workshop.mts';

/** What `npm run test:real` found out beforehand. The key stays in its file. */
export interface RealNetsuite extends Omit<Access, 'privateKey'> {
	keyFile: string;
	more: MoreFields;
	/** Features of the account that only some facts need. */
	can: string[];
}

/** Set by `npm run test:real` for the run of jest that it starts. */
export const REAL_NETSUITE = 'CONTRACT_REAL_NETSUITE';

export interface Bench {
	netsuite: NetSuite;
	workshop: Workshop;
}

type Fact = (bench: Bench) => Promise<void>;

interface Describe {
	/** A fact: the number in front is the one under which it was noted. */
	fact(name: string, holds: Fact): void;
	/** A fact about a feature that not every account has. */
	factWith(feature: string, name: string, holds: Fact): void;
}

/** Runs facts on the double, or on the one account that `npm run test:real` was given. */
export function onEachNetsuite(facts: (on: Describe) => void): void {
	const named = process.env[REAL_NETSUITE];
	const real = named === undefined ? undefined : (JSON.parse(named) as RealNetsuite);
	describe(real ? `NetSuite at ${real.url}` : 'the double of NetSuite', () => {
		let bench: Bench;
		let close: (() => Promise<void>) | undefined;

		beforeAll(async () => {
			const { access, more, ...started } = real ? ofAccount(real) : await double();
			close = started.close;
			const netsuite = await NetSuite.connect(access);
			bench = { netsuite, workshop: new Workshop(netsuite, more) };
		});
		afterAll(async () => {
			const left = await bench?.workshop.cleanUp();
			if (!real) expect(left).toEqual([]);
			if (left?.length) process.stderr.write(`Left in NetSuite:\n  ${left.join('\n  ')}\n`);
			await close?.();
		});
		facts({
			fact: (title, holds) => it(title, () => holds(bench)),
			factWith: (feature, title, holds) => (real && !real.can.includes(feature) ? it.skip : it)(title, () => holds(bench)),
		});
	});
}

const ofAccount = ({ keyFile, more, ...access }: RealNetsuite) => ({
	access: { ...access, privateKey: readFileSync(keyFile, 'utf8') },
	more,
	close: undefined,
});

async function double() {
	const { plainUrl, credentials, close } = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
	const { clientId, certificateId, privateKey } = credentials;
	return { access: { url: plainUrl, clientId, certificateId, privateKey }, more: {}, close };
}
