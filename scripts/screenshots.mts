/**
 * Takes all pictures of docs/images in the editor of a real n8n that talks to the sandbox.
 *
 *   npx tsx scripts/screenshots.mts [readme] [templates] [guides] [sandbox] [template=<file name>] [to=<folder>]
 *
 * Without a chapter: all of them. Wants what `npm run demo` installs, a built `dist`, and Chromium
 * (`CHROMIUM=/path`, default /usr/bin/chromium). Everything runs on ports of this machine only and in a folder that is
 * removed at the end.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { shootCanvas } from './screenshots/canvas.mts';
import { Editor } from './screenshots/editor.mts';
import { guides } from './screenshots/guides.mts';
import { Person } from './screenshots/person.mts';
import { pictures } from './screenshots/pictures.mts';
import { shopFloor } from './screenshots/shop-floor.mts';
import { openStage } from './screenshots/stage.mts';

const CHAPTERS = ['readme', 'templates', 'guides', 'sandbox'];

const root = process.cwd();
const words = process.argv.slice(2);
const valueOf = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const chapters = words.filter((word) => !word.includes('='));
const unknown = chapters.filter((chapter) => !CHAPTERS.includes(chapter));
if (unknown.length > 0) throw new Error(`There is no chapter ${unknown.join(', ')}; there are ${CHAPTERS.join(', ')}`);
const template = valueOf('template');
const wants = (chapter: string) =>
	chapters.includes(chapter) || (chapters.length === 0 && (template === undefined || chapter === 'templates'));

const stage = await openStage(root);
let editor: Editor | undefined;
try {
	editor = await Editor.open(stage.n8n.url, resolve(valueOf('to') ?? join('docs', 'images')));
	// First, while nothing was built yet: the lists in its pictures are those of somebody who begins.
	if (wants('guides')) await guides({ ...stage, person: new Person(editor, root) });
	if (wants('readme')) await pictures({ ...stage, editor });
	if (wants('templates')) {
		for (const workflow of stage.templates) {
			if (template === undefined || template === workflow.file)
				await shootCanvas(editor, workflow, join('templates', workflow.file));
		}
	}
	if (wants('sandbox')) await shopFloor(editor, stage);
} catch (cause) {
	const last = join(tmpdir(), 'pico-pictures-failed.png');
	await editor?.page.screenshot({ path: last }).catch(() => undefined);
	console.error(cause, `\nWhat the browser showed: ${last}`);
	process.exitCode = 1;
} finally {
	await editor?.close();
	await stage.close();
}
process.exit();
