'use strict';

// The file of the package under test that decides what this n8n can do: it is asked in the place where it decides.
const { capabilitiesOf } = require('../n8n-nodes-pico-mes/dist/nodes/shared/delivery/host.js');

/** Starts one run with a key and tries the same key again, then leaves a failed execution, then tells what it saw. */
class Probe {
	description = {
		displayName: 'Probe',
		name: 'probe',
		group: ['trigger'],
		version: 1,
		description: 'Finds out what a trigger can do in this n8n',
		defaults: { name: 'Probe' },
		inputs: [],
		outputs: ['main'],
		properties: [],
	};

	async trigger() {
		const capabilities = capabilitiesOf(this);
		const start = async (what, key) => {
			const done = this.helpers.createDeferredPromise();
			this.emit([[{ json: { what } }]], undefined, done, ...(key ? [key] : []));
			return await done.promise;
		};
		const ask = async () => {
			const key = `compat-probe-${Date.now()}`;
			const first = await start('first', key);
			const second = await start('second', key);
			if (capabilities.saveFailedExecution) this.saveFailedExecution(new Error('left by the probe'));
			const seen = { ...capabilities, first: first?.status ?? 'none', second: second === undefined ? 'refused' : 'started' };
			this.emit([[{ json: { what: 'seen', ...seen } }]]);
		};
		// n8n counts the trigger as active only when this function has returned.
		setTimeout(() => void ask(), 500);
		return {};
	}
}

module.exports = { Probe };
