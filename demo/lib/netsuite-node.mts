import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from './host.mts';

/** Puts the community NetSuite node, which is installed beside n8n, where n8n loads community nodes from. */
export async function installNetsuiteNode(host: Host, userFolder: string): Promise<void> {
	const installed = join(host.folder, 'node_modules');
	const target = join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-netsuite');
	await rm(target, { recursive: true, force: true });
	await mkdir(join(target, '..'), { recursive: true });
	// The package is copied, its libraries are found through the link beside it.
	await cp(join(installed, 'n8n-nodes-netsuite'), target, { recursive: true });
	await symlink(installed, join(target, 'node_modules'), 'junction');
}
