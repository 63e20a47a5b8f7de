import { parts } from './catalogue.mts';
import { pageClient } from './page-client.mts';
import { pageStyle } from './page-style.mts';

export interface PageSection {
	id: string;
	title: string;
	note?: string;
	/** `main` is the broad left column. */
	place: 'main' | 'side';
}

export interface PageDescription {
	title: string;
	about: string;
	accent: string;
	/** The first main section gets the form for new orders. */
	sections: readonly PageSection[];
	/** Browser script that defines `render(state)`. */
	script: string;
}

/** A page of one file: no script, style, font or picture comes from anywhere else. */
export function shell({ title, about, accent, sections, script }: PageDescription): string {
	const order = `<form id="order"><select name="part" aria-label="Part">${parts
		.filter((part) => part.kind === 'product')
		.map((part) => `<option value="${part.partNumber}">${part.partNumber} ${part.name}</option>`)
		.join(
			'',
		)}</select><input name="quantity" type="number" min="1" max="1000" value="1" aria-label="Quantity"><button>New order</button></form>`;
	const section = ({ id, title: name, note }: PageSection, first: boolean): string =>
		`<section><h2>${name}${note ? ` <small>${note}</small>` : ''}${first ? order : ''}</h2><div class="scroll" id="${id}" role="region" aria-label="${name}" tabindex="0"></div></section>`;
	const column = (place: PageSection['place'], withForm: boolean): string =>
		sections
			.filter((each) => each.place === place)
			.map((each, index) => section(each, withForm && index === 0))
			.join('');
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>:root { --accent: ${accent}; }${pageStyle}</style>
</head>
<body>
<header><h1>${title}</h1><span class="about">${about}</span><span class="live" id="live"><i></i><span>…</span></span><button id="reset">Reset</button></header>
<main>
<div class="tiles wide" id="tiles"></div>
<div class="column">${column('main', true)}</div>
<div class="column">${column('side', false)}<section><h2>Calls <small>latest first</small></h2><div class="scroll" id="calls" role="region" aria-label="Calls" tabindex="0"></div></section></div>
</main>
<script>${script}${pageClient}</script>
</body>
</html>`;
}
