import { startOdooDouble, type OdooDouble } from '../../../packages/sandbox/src/odoo/server.mts';
import { Odoo, type Access } from './connection.mts';
import { Workshop } from './workshop.mts';

/** What `npm run test:real` found out beforehand. */
export interface RealOdoo extends Access {
	version: number;
	/** Rights of this user that only some facts need. */
	can: string[];
}

/** Set by `npm run test:real` for the run of jest that it starts. */
export const REAL_ODOO = 'CONTRACT_REAL_ODOO';

export interface Bench {
	odoo: Odoo;
	workshop: Workshop;
}

type Fact = (bench: Bench) => Promise<void>;

interface Describe {
	version: number;
	/** A fact: the number in front is the one under which it was measured. */
	fact(name: string, holds: Fact): void;
	/** A fact that needs a right of the user that not everybody has. */
	factWith(right: string, name: string, holds: Fact): void;
}

/** Runs facts on the doubles of Odoo 17, 18 and 19, or on the one real Odoo that `npm run test:real` was given. */
export function onEachOdoo(facts: (on: Describe) => void): void {
	const real = process.env[REAL_ODOO];
	if (real !== undefined) {
		const { version, can, ...access } = JSON.parse(real) as RealOdoo;
		return group(`Odoo ${version} at ${access.url}`, version, can, () => Promise.resolve({ access, close: () => Promise.resolve() }), facts);
	}
	for (const version of [17, 18, 19] as const) {
		group(`the double of Odoo ${version}`, version, undefined, () => double(version), facts);
	}
}

async function double(version: 17 | 18 | 19) {
	const server: OdooDouble = await startOdooDouble({ port: 0, host: '127.0.0.1', version });
	const { db, username, password, apiKey } = server.credentials;
	return { access: { url: server.url, db, login: username, password, apiKey }, close: () => server.close() };
}

function group(
	name: string,
	version: number,
	can: readonly string[] | undefined,
	start: () => Promise<{ access: Access; close: () => Promise<void> }>,
	facts: (on: Describe) => void,
): void {
	describe(name, () => {
		let bench: Bench;
		let close: () => Promise<void>;

		beforeAll(async () => {
			const started = await start();
			close = started.close;
			const odoo = await Odoo.connect(started.access);
			bench = { odoo, workshop: new Workshop(odoo) };
		});
		afterAll(async () => {
			const left = await bench?.workshop.cleanUp();
			if (left?.length) process.stderr.write(`Left in ${name}:\n  ${left.join('\n  ')}\n`);
			await close?.();
		});
		facts({
			version,
			fact: (title, holds) => it(title, () => holds(bench)),
			factWith: (right, title, holds) => (can && !can.includes(right) ? it.skip : it)(title, () => holds(bench)),
		});
	});
}
