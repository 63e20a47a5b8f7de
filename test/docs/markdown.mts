import { readFileSync } from 'node:fs';

/** One heading with the text up to the next heading of any level. */
export interface Section {
	/** Titles of the headings above and this one, `['Webhook', 'Subscribe']`. */
	path: string[];
	text: string;
}

/** The sections of a Markdown file below its title, in order; headings inside fences do not count. */
export function sections(file: string): Section[] {
	const found: Section[] = [];
	let fenced = false;
	let path: string[] = [];
	for (const line of readFileSync(file, 'utf8').split('\n')) {
		if (/^```/.test(line)) fenced = !fenced;
		const heading = fenced ? null : /^(#{2,6}) (.+)$/.exec(line);
		if (heading) {
			path = [...path.slice(0, heading[1].length - 2), heading[2]];
			found.push({ path, text: '' });
		} else if (found.length > 0) found[found.length - 1].text += `${line}\n`;
	}
	return found;
}

export function section(file: string, ...path: string[]): Section {
	const match = sections(file).find((each) => each.path.join(' > ') === path.join(' > '));
	if (!match) throw new Error(`${file} has no section ${path.join(' > ')}`);
	return match;
}

/** First cells of the rows of the first table in a text whose header begins with `header`. */
export function firstColumn(text: string, header: string): string[] {
	const lines = text.split('\n');
	const start = lines.findIndex((line) => line.startsWith(`| ${header} |`));
	if (start < 0) return [];
	const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
	return lines.slice(start + 2, end < 0 ? undefined : end).map((line) => line.split('|')[1].trim());
}

/** Contents of the fenced blocks of a language. */
export function fences(text: string, language: string): string[] {
	return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, content]) => content);
}

/** Targets of links and images; those inside fences and code spans are left out. */
export function links(text: string): string[] {
	const prose = text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
	return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** The anchors that GitHub gives to the headings of a file. */
export function anchors(file: string): Set<string> {
	const taken = new Map<string, number>();
	const title = /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
	const headings = [...(title ? [title] : []), ...sections(file).map(({ path }) => path[path.length - 1])];
	return new Set(
		headings.map((heading) => {
			const base = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
			const times = taken.get(base) ?? 0;
			taken.set(base, times + 1);
			return times === 0 ? base : `${base}-${times}`;
		}),
	);
}

/** Whether a message is one that a quotation with `…` for what differs means: its pieces stand in the message, in their order. */
export function quotes(quotation: string, message: string): boolean {
	let from = 0;
	for (const piece of quotation.split('…').map((each) => each.trim())) {
		const at = message.indexOf(piece, from);
		if (at < 0) return false;
		from = at + piece.length;
	}
	return true;
}
