import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { System } from '../system.mts';
import { detailOf, NetSuite, type Access, type Json } from './connection.mts';
import { REAL_NETSUITE, type RealNetsuite } from './each-netsuite.mts';
import type { MoreFields } from './workshop.mts';

const basic = ['inventoryItem', 'assemblyItem', 'workOrder', 'assemblyBuild'];

/** Features that only some facts need, by the record type that shows them. */
const features: Readonly<Record<string, string>> = { workInProcess: 'workOrderCompletion' };

const addressOf = (account: string): string =>
	`https://${account.toLowerCase().replaceAll('_', '-')}.suitetalk.api.netsuite.com`;

function read(file: string, what: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		throw new Error(`${file}, ${what}, cannot be read: ${(cause as Error).message}`, { cause });
	}
}

function moreFields(file: string | undefined): MoreFields {
	if (file === undefined) return {};
	try {
		return JSON.parse(read(file, 'the file with more fields')) as MoreFields;
	} catch (cause) {
		throw new Error(`${file} is no JSON file: ${(cause as Error).message}`, { cause });
	}
}

export const system: System = {
	options: {
		account: 'account ID, such as 1234567_SB1: take a sandbox account or one for tests',
		'client-id': 'client ID of the integration record',
		'certificate-id': 'certificate ID of the mapping (if it begins with a hyphen: --certificate-id=-Abc…)',
		key: 'file with the private key (PEM)',
		more: 'JSON file with fields that your account wants besides: {"workOrder": {"subsidiary": {"id": "1"}}}',
		url: 'address of the account, where it is not the usual one',
	},
	needs: ['account', 'client-id', 'certificate-id', 'key'],

	async prepare({ account, 'client-id': clientId, 'certificate-id': certificateId, key, more, url }) {
		const access: Access = { url: url ?? addressOf(account), clientId, certificateId, privateKey: read(key, 'the private key') };
		const netsuite = await NetSuite.connect(access);
		const { status, body } = await netsuite.record('GET', 'metadata-catalog');
		if (status !== 200) throw new Error(`The role of the machine may not use REST web services: ${detailOf(body)}`);
		const known = new Set((body.items as Json[]).map(({ name }) => String(name).toLowerCase()));
		const has = (type: string) => known.has(type.toLowerCase());
		const missing = basic.filter((type) => !has(type));
		if (missing.length > 0) throw new Error(`The role of the machine does not see ${missing.join(', ')}: the facts need that`);
		const can = Object.keys(features).filter((feature) => has(features[feature]));
		const cannot = Object.keys(features).filter((feature) => !can.includes(feature));
		const real: RealNetsuite = { url: netsuite.access.url, clientId, certificateId, keyFile: resolve(key), more: moreFields(more), can };
		return {
			env: { [REAL_NETSUITE]: JSON.stringify(real) },
			plan: [
				`NetSuite account ${account} at ${netsuite.access.url}.`,
				'It signs in about 15 times, most of them wrongly on purpose: you will see them in the Login Audit Trail.',
				'It makes items and work orders whose names begin with CT, builds some of the orders, and changes and cancels its own orders only.',
				'It builds from components that are not in stock: if the account does not allow that, those facts differ.',
				'At the end it deletes what it made, the newest first, and names what NetSuite keeps. Document numbers are used up.',
				...(cannot.length > 0 ? [`Left out, for want of the feature: ${cannot.join(', ')}.`] : []),
			],
		};
	},
};
