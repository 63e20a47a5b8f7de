import { readFileSync, writeFileSync } from 'node:fs';

/**
 * A page with `text` between `<!-- region -->` and `<!-- /region -->`, so that it shows what was run last.
 *
 * @param {string} page Markdown
 * @param {string} region such as `bench:table`
 * @param {string} text Markdown
 * @throws {Error} when the page has no such place
 */
export function withMarked(page, region, text) {
	const [begin, end] = [`<!-- ${region} -->`, `<!-- /${region} -->`];
	const [from, to] = [page.indexOf(begin), page.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`the page lacks ${begin} and ${end}`);
	return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

/** The same in a file. */
export function writeMarked(file, region, text) {
	writeFileSync(file, withMarked(readFileSync(file, 'utf8'), region, text));
}
