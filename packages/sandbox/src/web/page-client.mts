/** Script of the doubles' pages: polls the state once a second and redraws what changed. Runs in the browser. */
export const pageClient = `
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (value) => String(value ?? '').replace(/[&<>"']/g, (char) => escapes[char]);
const chips = (values) => values.map((value) => '<span class="chip">' + text(value) + '</span>').join('');
const pill = (label, kind) => '<span class="state ' + kind + '">' + text(label) + '</span>';
const clock = (at) => new Date(at).toLocaleTimeString([], { hour12: false });
const origin = (outside) => outside
	? '<span class="code name">' + text(outside.what) + '</span><br><span class="quiet">' + text([outside.via, clock(outside.at)].filter(Boolean).join(' · ')) + '</span>'
	: '<span class="quiet">here</span>';
const progress = (done, all) => text(done) + ' / ' + text(all) +
	'<div class="bar"><i style="width:' + Math.min(100, all ? (100 * done) / all : 0) + '%"></i></div>';
const status = (code) => pill(code, code >= 400 ? 'bad' : 'good');

const seen = new Map();
function row(id, cells, outside, classes = []) {
	const stamp = outside ? outside.at + outside.what : '';
	const fresh = outside && seen.has(id) && seen.get(id) !== stamp || outside && seen.size > 0 && !seen.has(id);
	seen.set(id, stamp);
	const names = [outside ? 'outside' : '', fresh ? 'fresh' : ''].join(' ');
	return '<tr class="' + names + '">' + cells.map((cell, index) => '<td class="' + (classes[index] ?? '') + '">' + cell + '</td>').join('') + '</tr>';
}

const counted = (count, noun) => count + ' ' + (count === 1 ? noun : noun + 's');

const drawn = new Map();
function draw(id, html, heads = []) {
	if (drawn.get(id) === html) return;
	drawn.set(id, html);
	const place = document.getElementById(id);
	const focused = place.contains(document.activeElement) && document.activeElement.ariaLabel;
	place.innerHTML = html;
	// Narrow windows show each row as a block, which takes the meaning of a table away: so it is said in roles.
	for (const [tag, role] of [['table', 'table'], ['tr', 'row'], ['th', 'columnheader'], ['td', 'cell']])
		for (const each of place.querySelectorAll(tag)) each.setAttribute('role', role);
	for (const line of place.querySelectorAll('tbody tr'))
		for (const [index, cell] of [...line.cells].entries()) cell.dataset.head = heads[index] ?? '';
	if (focused) [...place.querySelectorAll('button')].find((each) => each.ariaLabel === focused)?.focus();
}
function table(id, heads, rows, nothing, classes = []) {
	draw(id, rows.length === 0 ? '<p class="empty">' + nothing + '</p>' :
		'<table><thead><tr>' + heads.map((head, index) => '<th class="' + (classes[index] ?? '') + '">' + head + '</th>').join('') +
		'</tr></thead><tbody>' + rows.join('') + '</tbody></table>', heads);
}
const tiles = (values) => draw('tiles', values.map(([label, value]) => '<div class="tile"><b>' + text(value) + '</b><span>' + text(label) + '</span></div>').join(''));

function calls(state) {
	table('calls', ['Time', 'Call', 'Status'], state.calls.map((call) =>
		'<tr><td class="quiet">' + clock(call.at) + '</td><td class="code">' + text(call.what) +
		'<br><span class="quiet">' + text(call.protocol) + ' · ' + call.durationMs + ' ms' +
		(call.error ? ' · ' + text(call.error) : '') + '</span></td><td>' + (call.error ? pill(call.status, 'bad') : status(call.status)) + '</td></tr>'),
		'No call yet. Point an n8n credential at ' + text(location.origin) + '.');
}

async function control(path, body) {
	const answer = await fetch('control/' + path, { method: 'POST', body: JSON.stringify(body) });
	if (!answer.ok) alert((await answer.json()).message);
	await poll();
}

let revision;
async function poll() {
	const live = document.getElementById('live');
	try {
		const state = await (await fetch('control/state?limit=200&revision=' + revision)).json();
		live.className = 'live';
		if (state.revision === revision) return;
		live.lastChild.textContent = counted(state.callCount, 'call');
		render(state);
		calls(state);
		revision = state.revision;
	} catch (error) {
		live.className = 'live off';
		live.lastChild.textContent = 'not reachable';
		revision = undefined;
	}
}

document.getElementById('order').addEventListener('submit', (event) => {
	event.preventDefault();
	const form = new FormData(event.target);
	control('orders', { count: 1, partNumber: form.get('part'), quantity: Number(form.get('quantity')) });
});
document.getElementById('reset').addEventListener('click', () => {
	if (confirm('Forget everything and start over with the first orders?')) control('reset', {});
});
poll();
setInterval(poll, 1000);
`;
