import { lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * n8n writes the files of its editor, some 900 scripts, below its user folder. A linter that looks through the
 * repository takes minutes for them, so they go where linters do not look.
 *
 * @param userFolder of n8n, inside the repository
 * @param modules a `node_modules` folder
 */
export function putEditorFilesAside(userFolder: string, modules: string): void {
	const link = join(userFolder, '.cache');
	const target = join(modules, '.cache', 'editor', basename(dirname(userFolder)), basename(userFolder));
	mkdirSync(target, { recursive: true });
	if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) return;
	rmSync(link, { recursive: true, force: true });
	mkdirSync(userFolder, { recursive: true });
	symlinkSync(target, link, 'junction');
}
