import { parseArgs } from 'node:util';
import { newestVersion, versions, type Version } from './odoo/versions.mts';
import { type Switches, readSwitches } from './pico/switches.mts';

export interface CliOptions {
	port: number;
	host: string;
	token: string;
	seed: number;
	switches: Partial<Switches>;
	odooPort?: number;
	odooVersion: Version;
	netsuitePort?: number;
	eryxonPort?: number;
	data?: string;
	webhookHosts: string[];
	json: boolean;
	help: boolean;
}

export const USAGE = `npm run sandbox -- [options]

  --port 4010             port of the Pico server, 0 = a free one
  --host 127.0.0.1        address to listen on
  --profile current       schema version: current, mixed or legacy
  --seed 1                another number, another plant
  --token sandbox-token   value of the x-pico-api-org header
  --switch name=value     set a switch (repeatable), see the README
  --data file             keep the plant in a JSON file between starts
  --odoo-port 4020        also start the Odoo double
  --odoo-version 19       17, 18 or 19
  --netsuite-port 4030    also start the NetSuite double
  --eryxon-port 4040      also start the Eryxon double
  --webhook-host name     let webhooks reach this host besides this machine (repeatable)
  --json                  print one JSON line when ready, nothing else
`;

function wholeNumber(name: string, text: string, max: number): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 0 || value > max || text.trim() === '') {
		throw new Error(`--${name}: "${text}" is not a whole number from 0 to ${max}`);
	}
	return value;
}

function odooVersion(text: string): Version {
	const version = versions.find((each) => String(each) === text);
	if (!version) throw new Error(`--odoo-version: "${text}" is none of ${versions.join(', ')}`);
	return version;
}

/** Reads the command line; throws a readable error for anything it does not know. */
export function readOptions(args: string[]): CliOptions {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string', default: '4010' },
			host: { type: 'string', default: '127.0.0.1' },
			profile: { type: 'string' },
			seed: { type: 'string', default: '1' },
			token: { type: 'string', default: 'sandbox-token' },
			switch: { type: 'string', multiple: true, default: [] },
			data: { type: 'string' },
			'odoo-port': { type: 'string' },
			'odoo-version': { type: 'string', default: String(newestVersion) },
			'netsuite-port': { type: 'string' },
			'eryxon-port': { type: 'string' },
			'webhook-host': { type: 'string', multiple: true, default: [] },
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	const pairs = values.switch.map((pair) => {
		const at = pair.indexOf('=');
		if (at < 1) throw new Error(`--switch: "${pair}" is not of the form name=value`);
		return [pair.slice(0, at), pair.slice(at + 1)];
	});
	if (values.profile !== undefined) pairs.push(['profile', values.profile]);
	const optionalPort = (name: 'odoo-port' | 'netsuite-port' | 'eryxon-port') => {
		const text = values[name];
		return text === undefined ? undefined : wholeNumber(name, text, 65_535);
	};
	return {
		port: wholeNumber('port', values.port, 65_535),
		host: values.host,
		token: values.token,
		seed: wholeNumber('seed', values.seed, 0xffffffff),
		switches: readSwitches(Object.fromEntries(pairs)),
		odooPort: optionalPort('odoo-port'),
		odooVersion: odooVersion(values['odoo-version']),
		netsuitePort: optionalPort('netsuite-port'),
		eryxonPort: optionalPort('eryxon-port'),
		data: values.data,
		webhookHosts: values['webhook-host'],
		json: values.json,
		help: values.help,
	};
}
