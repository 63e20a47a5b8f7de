// `npm run demo`: plain JavaScript on Node's own modules, because on a fresh clone nothing else is installed yet.
// It installs and builds what is missing, then hands over to run.mts.
import { commandLine } from '../scripts/lib/command-line.mjs';
import { isStopping, onInterrupt } from '../scripts/lib/interrupt.mjs';
import { takeLock } from '../scripts/lib/lock.mjs';
import { prepare } from '../scripts/lib/prepare.mjs';
import { StepError } from '../scripts/lib/steps.mjs';

const USAGE = `npm run demo               starts n8n, a Pico sandbox and doubles of Odoo and NetSuite; Ctrl-C stops them
npm run demo -- --once     sends orders from Odoo and NetSuite to Pico and their completions back, without a person, and checks them
npm run demo -- --mes eryxon [--once]   the same with Eryxon MES in place of Pico, and Odoo

PICO_DEMO_NATIVE_SQLITE=1  compiles n8n's own SQLite driver (needs python3, make, g++) instead of using Node's`;

await commandLine(async ({ steps, root, args }) => {
	if (args.includes('--help')) {
		steps.say(USAGE);
		return 0;
	}
	const { once, mes } = readOptions(args);
	await prepare(steps, { root, build: true, host: true });
	const { register } = await import('tsx/esm/api');
	register();
	const { runDemo } = await import('./run.mts');
	return await runDemo({ root, steps, takeLock, onInterrupt, isStopping }, { once, mes });
});

function readOptions(args) {
	const options = { once: false, mes: 'pico' };
	for (let at = 0; at < args.length; at++) {
		const [name, value] = args[at].split('=', 2);
		if (args[at] === '--once') options.once = true;
		else if (name === '--mes') {
			options.mes = value ?? args[++at];
			if (!['pico', 'eryxon'].includes(options.mes)) throw new StepError(`--mes must be pico or eryxon\n\n${USAGE}`);
		} else throw new StepError(`Unknown option ${args[at]}\n\n${USAGE}`);
	}
	return options;
}
