import { fileURLToPath } from 'node:url';
import { type Double, startDouble } from './doubles.mts';
import { USAGE, readOptions } from './options.mts';
import { startSandbox } from './pico/server.mts';

interface Closable {
	close(): Promise<void>;
}

/** What a client needs to sign in to NetSuite as a machine. */
function machineOf(netsuite: Double | undefined) {
	if (!netsuite?.credentials) return undefined;
	const { clientId, certificateId, keyFile } = netsuite.credentials;
	return { clientId, certificateId, keyFile };
}

async function run(args: string[]): Promise<void> {
	const options = readOptions(args);
	if (options.help) return void process.stdout.write(USAGE);
	const running: Closable[] = [];
	const stop = async () => {
		await Promise.allSettled(running.map((each) => each.close()));
		process.exit(0);
	};
	process.once('SIGTERM', () => void stop());
	process.once('SIGINT', () => void stop());

	const { host } = options;
	const pageFolder = fileURLToPath(new URL('./pico/page', import.meta.url));
	const pico = await startSandbox({ ...options, pageFolder });
	running.push(pico);
	const doubles: { odoo?: Double; netsuite?: Double; eryxon?: Double } = {};
	if (options.odooPort !== undefined) {
		doubles.odoo = await startDouble('./odoo/server.mts', 'startOdooDouble', {
			port: options.odooPort,
			host,
			version: options.odooVersion,
		});
		running.push(doubles.odoo);
	}
	if (options.netsuitePort !== undefined) {
		doubles.netsuite = await startDouble('./netsuite/server.mts', 'startNetsuiteDouble', {
			port: options.netsuitePort,
			host,
		});
		running.push(doubles.netsuite);
	}
	if (options.eryxonPort !== undefined) {
		doubles.eryxon = await startDouble('./eryxon/server.mts', 'startEryxonDouble', {
			port: options.eryxonPort,
			host,
			webhookHosts: options.webhookHosts,
		});
		running.push(doubles.eryxon);
	}
	const ready = {
		ready: true,
		pico: pico.url,
		odoo: doubles.odoo?.url,
		netsuite: doubles.netsuite?.url,
		eryxon: doubles.eryxon?.url,
		eryxonApiKey: doubles.eryxon?.apiKey,
		netsuiteMachine: machineOf(doubles.netsuite),
		token: pico.token,
	};
	if (options.json) return void process.stdout.write(`${JSON.stringify(ready)}\n`);
	process.stdout.write(
		[
			`Pico sandbox (${pico.sandbox.switches.profile}) is ready.`,
			`  shop floor   ${pico.url}/`,
			`  GraphQL      ${pico.url}/graph/v2`,
			`  token        ${pico.token}   (header x-pico-api-org)`,
			...(ready.odoo ? [`  Odoo         ${ready.odoo}/`] : []),
			...(ready.netsuite ? [`  NetSuite     ${ready.netsuite}/`] : []),
			...(ready.netsuiteMachine
				? [
						`  client ID    ${ready.netsuiteMachine.clientId}`,
						`  certificate  ${ready.netsuiteMachine.certificateId}`,
						`  private key  ${ready.netsuiteMachine.keyFile}`,
					]
				: []),
			...(ready.eryxon ? [`  Eryxon       ${ready.eryxon}/`, `  API key      ${ready.eryxonApiKey}`] : []),
			'Ctrl-C stops it.',
			'',
		].join('\n'),
	);
}

run(process.argv.slice(2)).catch((error: unknown) => {
	const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
	const message = error instanceof Error ? error.message : String(error);
	process.stderr.write(busy ? `${message}\nChoose another port, or 0 for a free one.\n` : `${message}\n`);
	process.exit(1);
});
