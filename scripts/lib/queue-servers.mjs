import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run.mjs';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** Folder of PostgreSQL's own programs; Debian keeps them out of the PATH. */
function postgresPrograms() {
	const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = [...versions.map((version) => join(DEBIAN_POSTGRES, version, 'bin')), ...(process.env.PATH ?? '').split(':')];
	return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

function redisServer() {
	const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(':')];
	return folders.map((folder) => join(folder, 'redis-server')).find((file) => existsSync(file));
}

/**
 * Finds the servers that n8n's queue mode needs, and installs what is absent from Debian where that is possible. They
 * are started by the tests, with folders and ports of their own.
 *
 * @param {import('./steps.mjs').Steps} steps
 * @returns {Promise<{ ready?: boolean, skipped?: string }>} `skipped`: why the queue mode cannot be tested here
 */
export async function prepareQueue(steps) {
	const missing = () => [...(redisServer() ? [] : ['redis-server']), ...(postgresPrograms() ? [] : ['postgresql'])];
	if (missing().length > 0) {
		const isRoot = process.getuid?.() === 0;
		if (!isRoot || !existsSync('/usr/bin/apt-get')) return { skipped: `${missing().join(' and ')} not found` };
		await steps.run(`Install ${missing().join(' and ')} from Debian`, async () => {
			// No service is to start: the tests start their own.
			const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
			const apt = async (...args) => await runCommand({ command: 'apt-get', args, env });
			const packages = missing();
			if ((await apt('install', '-y', '--no-install-recommends', ...packages)).code === 0) return '';
			await apt('update');
			return (await apt('install', '-y', '--no-install-recommends', ...packages)).code === 0 ? '' : 'did not work';
		});
		if (missing().length > 0) return { skipped: `${missing().join(' and ')} could not be installed` };
	}
	Object.assign(process.env, { PICO_FAULTS_REDIS: redisServer(), PICO_FAULTS_POSTGRES: postgresPrograms() });
	return { ready: true };
}
