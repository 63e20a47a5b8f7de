import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Puts text between `<!-- name:table -->` and `<!-- /name:table -->` of a page, so that a page shows what was run last.
 *
 * @param {string} file
 * @param {string} name
 * @param {string} text Markdown
 * @throws when the page has no such place
 */
export function writeMarked(file, name, text) {
	const [begin, end] = [`<!-- ${name}:table -->`, `<!-- /${name}:table -->`];
	const page = readFileSync(file, 'utf8');
	const [from, to] = [page.indexOf(begin), page.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`${file} has no place for the table '${name}'`);
	writeFileSync(file, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
}
