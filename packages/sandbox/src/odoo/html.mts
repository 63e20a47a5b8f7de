const kept = new Set(['p', 'b', 'i', 'u', 'em', 'strong', 'br', 'ul', 'ol', 'li', 'a', 'span', 'div', 'h1', 'h2', 'h3', 'h4', 'table', 'tbody', 'thead', 'tr', 'td', 'th', 'pre', 'code', 'blockquote']);
const blocks = /^<(p|div|ul|ol|h[1-4]|table|pre|blockquote)[\s>]/i;

export const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)>/g;

/** What Odoo makes of a text in an HTML field: unknown tags vanish, the rest is escaped and stands in a paragraph. */
export function sanitizeHtml(text: string): string {
	let clean = '';
	let from = 0;
	for (const { 0: whole, 2: name, index } of text.matchAll(tag)) {
		clean += escapeOnce(text.slice(from, index)) + (kept.has(name.toLowerCase()) ? whole : '');
		from = index + whole.length;
	}
	clean += escapeOnce(text.slice(from));
	return clean === '' || blocks.test(clean) ? clean : `<p>${clean}</p>`;
}

/** Escapes what is not escaped yet. */
const escapeOnce = (text: string): string => escapeHtml(text).replace(/&amp;(#?\w+;)/g, '&$1');
