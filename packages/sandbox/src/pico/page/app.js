import { CARDS_AT_FIRST, board, columnButtons, counted, h, panels } from './view.js';

const $ = (id) => document.getElementById(id);
let state;
const view = {
	/** The column that a narrow window shows. */
	column: 'released',
	/** How many cards a column shows; nothing = as at first. */
	cards: {},
	more(key) {
		view.cards[key] = (view.cards[key] ?? CARDS_AT_FIRST) * 2;
		draw();
	},
	show(key) {
		view.column = key;
		draw();
	},
};
let tab = new URLSearchParams(location.search).get('tab') ?? 'streams';

async function post(path, body = {}) {
	const response = await fetch(`/control/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	const answer = await response.json();
	if (!response.ok) tell(answer.message);
	return response.ok ? answer : undefined;
}

/** What went wrong: in the dialog while one is open, since nothing else can be seen or heard then. */
function tell(text) {
	const alert = $('dialog').open && $('dialog').querySelector('[role=alert]');
	if (alert) alert.textContent = text;
	else toast(text);
}

let toastTimer;
function toast(text) {
	$('toast').textContent = text;
	$('toast').classList.add('shown');
	clearTimeout(toastTimer);
	toastTimer = setTimeout(() => $('toast').classList.remove('shown'), 5000);
}

/** Asks for values; `fields` are [name, label, initial value, options?]. Calls `send` with what was entered. */
function ask(title, text, fields, label, send) {
	const dialog = $('dialog');
	const control = ([name, , value, options]) =>
		Array.isArray(options)
			? h(
					'select',
					{ name, id: `f-${name}` },
					options.map(([key, shown]) => h('option', { value: key, selected: key === value }, shown)),
				)
			: h('input', { name, id: `f-${name}`, value: value ?? '', autocomplete: 'off', ...options });
	const form = h(
		'form',
		{
			method: 'dialog',
			onsubmit: async (event) => {
				event.preventDefault();
				const done = await send(Object.fromEntries(new FormData(form)));
				if (done !== undefined) dialog.close();
			},
		},
		h('h2', { id: 'dialog-title' }, title),
		text && h('p', { class: 'dim', id: 'dialog-text' }, text),
		fields.map((field) => h('div', { class: 'field' }, h('label', { for: `f-${field[0]}` }, field[1]), control(field))),
		h('p', { role: 'alert', class: 'bad' }),
		h(
			'div',
			{ class: 'row' },
			h('button', { type: 'button', onclick: () => dialog.close() }, 'Back'),
			h('button', { class: 'primary' }, label),
		),
	);
	dialog.replaceChildren(form);
	if (text) dialog.setAttribute('aria-describedby', 'dialog-text');
	else dialog.removeAttribute('aria-describedby');
	const opener = placeOf(document.activeElement);
	dialog.onclose = () => focusAt(opener);
	dialog.showModal();
}

/** Where the focus is, in words that still hold after the page was drawn anew. */
const placeOf = (element) => ({
	id: element?.id,
	name: element?.getAttribute('aria-label'),
	order: element?.closest('[data-order]')?.dataset.order,
});

/** Back to the same button; where it is gone, to the next one of the same order. */
function focusAt({ id, name, order }) {
	const named = [...document.querySelectorAll('button[aria-label]')].find((each) => each.ariaLabel === name);
	const found = (id && $(id)) || (name && named) || (order && document.querySelector(`[data-order="${order}"] button`));
	found?.focus({ preventScroll: true });
}

const filled = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
const operationOptions = () =>
	state.operations
		.filter((row) => !row.archivedAt)
		.map((row) => [row.id, `${row.name}${row.externalId ? ` (${row.externalId} ${row.externalRevision ?? ''})` : ''}`]);

const actions = {
	start: (order) => post('orders/start', { id: order.id }),
	finish: (order) => post('orders/complete', { id: order.id }),
	complete(order) {
		const stamp = String(Date.now()).slice(-6);
		const corrected = order.state === 'completed';
		const captured = (attribute) => order.consumedSerials.find((serial) => serial.id === attribute.id)?.value;
		ask(
			`${corrected ? 'Correct' : 'Complete'} ${order.externalOrderId || order.operationName}`,
			`${order.operationName}, unit ${order.orderIndex + 1}. ${
				order.withoutSerial && order.expectedSerials.length === 0
					? 'No serial numbers are captured for it.'
					: 'Leave a field empty if nothing was captured.'
			}`,
			[
				...(order.withoutSerial
					? []
					: [['produced', 'Serial of the finished unit', order.producedSerial ?? `SN-${order.partNumber ?? 'UNIT'}-${stamp}`]]),
				...order.expectedSerials.map((attribute, index) => [
					attribute.id,
					`${attribute.name} (${attribute.externalId ?? 'no part number'})`,
					corrected ? captured(attribute) : `${attribute.externalId ?? 'LOT'}-${stamp}${index}`,
				]),
			],
			corrected ? 'Send correction' : 'Complete',
			({ produced, ...values }) =>
				post('orders/complete', {
					id: order.id,
					producedSerial: produced || null,
					consumedSerials: order.expectedSerials
						.filter((attribute) => values[attribute.id])
						.map((attribute) => ({ id: attribute.id, externalId: attribute.externalId, value: values[attribute.id] })),
				}),
		);
	},
	order(operation) {
		ask(
			'New order',
			'As if an ERP had saved it through the API.',
			[
				['operationId', 'Operation', operation?.id, operationOptions()],
				['externalOrderId', 'Order id', `DEMO-${state.orders.filter((order) => !order.parentOrderId).length + 1}`],
				['quantity', 'Units', '1', { type: 'number', min: 1, max: 100 }],
			],
			'Order',
			async ({ quantity, ...order }) => {
				let last;
				for (let orderIndex = 0; orderIndex < Number(quantity); orderIndex++) {
					last = await post('orders/save', { ...order, orderIndex });
					if (!last) return undefined;
				}
				return last;
			},
		);
	},
	note(note) {
		const fields = [['text', 'Text', note?.text, { required: true }]];
		if (!note) fields.push(['operator', 'Operator', 'Robin Alvarez'], ['station', 'Station', 'Assembly 1']);
		ask(note ? 'Edit note' : 'Add note', undefined, fields, 'Save', (values) =>
			note ? post('notes/update', { id: note.id, ...values }) : post('notes/add', filled(values)),
		);
	},
	deploy(operation) {
		ask(
			operation ? `Deploy ${operation.name} again` : 'Deploy an operation',
			'A known part number and revision changes that operation, another revision makes a new one.',
			[
				['name', 'Name', operation?.name, { required: true }],
				['partNumber', 'Part number', operation?.externalId],
				['revision', 'Revision', operation?.externalRevision],
				[
					'kind',
					'Kind',
					operation?.kind ?? 'product',
					['product', 'subassembly', 'process'].map((kind) => [kind, kind]),
				],
			],
			'Deploy',
			(values) => {
				const same =
					operation &&
					values.partNumber === (operation.externalId ?? '') &&
					values.revision === (operation.externalRevision ?? '');
				return post('operations/deploy', { ...filled(values), ...(same && { operationId: operation.id }) });
			},
		);
	},
	archive: (operation) => post('operations/archive', { operationId: operation.id }),
	structure() {
		const options = operationOptions();
		ask(
			'Change structure',
			'Children of one step may be built in parallel, steps follow each other.',
			[
				['parentId', 'Product or subassembly', undefined, options],
				['childId', 'Child', undefined, options],
				['childIndex', 'Step (empty = after the last)', '', { type: 'number', min: 0 }],
				[
					'change',
					'Change',
					'add',
					[
						['add', 'Add'],
						['optional', 'Add as optional'],
						['remove', 'Remove'],
					],
				],
			],
			'Apply',
			({ parentId, childId, childIndex, change }) =>
				post('structure/change', {
					parentId,
					childId,
					...(childIndex !== '' && { childIndex: Number(childIndex) }),
					...(change === 'optional' && { optional: true }),
					...(change === 'remove' && { remove: true }),
				}),
		);
	},
	set: async (name, value) => {
		if (!(await post('switches', { [name]: value }))) draw();
	},
	async run() {
		const answer = await post('orders/run');
		if (answer)
			toast(
				answer.completed.length > 0
					? `${counted(answer.completed.length, 'order')} completed, child orders included`
					: 'Nothing is open',
			);
	},
	async cut() {
		const answer = await post('streams/cut');
		if (answer)
			toast(`${counted(answer.cut, 'stream')} cut; webhooks listen again in ${state.switches.webhookReconnectMs / 1000} s`);
	},
	reset() {
		ask(
			'Reset the plant?',
			'Orders, completions, notes, webhooks and calls are gone, switches go back to the start.',
			[],
			'Reset',
			() => post('reset'),
		);
	},
};

function draw() {
	const shifted = state.frozen || Math.abs(Date.parse(state.now) - Date.now()) > 5000;
	const clock = shifted
		? ` · plant time ${state.now.slice(0, 19).replace('T', ' ')} UTC${state.frozen ? ', frozen' : ''}`
		: '';
	$('about').textContent =
		`Pico sandbox · ${state.profile} · ${counted(state.completions, 'completion')}${clock}`;
	const focused = document.activeElement;
	const place = placeOf(focused);
	const columns = () => [...document.querySelectorAll('.column')];
	const scrolled = columns().map((column) => column.scrollTop);
	$('columns').replaceChildren(...columnButtons(state, view.column, view.show));
	$('board').replaceChildren(...board(state, actions, view));
	columns().forEach((column, index) => (column.scrollTop = scrolled[index] ?? 0));
	$('tabs').replaceChildren(
		...Object.entries(panels).map(([key, { title, count }]) => {
			const number = count(state);
			return h(
				'button',
				{
					type: 'button',
					role: 'tab',
					id: `tab-${key}`,
					'aria-selected': String(key === tab),
					'aria-controls': 'panel',
					// One stop for the tab key; the arrow keys go from tab to tab.
					tabindex: key === tab ? '0' : '-1',
					onclick: () => choose(key),
				},
				title,
				number === undefined ? '' : h('span', { class: 'count' }, ` ${number}`),
			);
		}),
	);
	// Someone may be typing into a switch; what he types is not drawn over.
	const typing = tab === 'switches' && $('panel').contains(document.activeElement);
	if (!typing) $('panel').replaceChildren(...panels[tab].draw(state, actions).filter(Boolean));
	$('panel').setAttribute('aria-labelledby', `tab-${tab}`);
	if (focused !== document.body && !focused?.isConnected) focusAt(place);
}

function choose(key) {
	tab = key;
	draw();
}

$('tabs').addEventListener('keydown', (event) => {
	const keys = Object.keys(panels);
	const at = keys.indexOf(tab);
	const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: keys.length - 1 }[event.key];
	if (to === undefined) return;
	event.preventDefault();
	choose(keys[(to + keys.length) % keys.length]);
	$(`tab-${tab}`).focus();
});

let pressed = false;
addEventListener('pointerdown', () => (pressed = true));
for (const released of ['pointerup', 'pointercancel']) {
	addEventListener(released, () => {
		pressed = false;
		if (state) setTimeout(draw);
	});
}

let definitions;
let reading = false;
let again = false;
async function read() {
	if (reading) return void (again = true);
	reading = true;
	try {
		definitions ??= await (await fetch('/control/switches')).json();
		state = { ...(await (await fetch('/control/state?limit=400')).json()), definitions };
		// Drawing between press and release would take the button away from under the finger.
		if (!pressed) draw();
	} catch {
		$('about').textContent = 'The sandbox does not answer. Trying again…';
	}
	reading = false;
	if (again) {
		again = false;
		void read();
	}
}

for (const button of document.querySelectorAll('nav button')) {
	button.addEventListener('click', () => actions[button.dataset.action]());
}
const live = new EventSource('/control/live');
live.addEventListener('change', () => void read());
live.addEventListener('error', () => ($('about').textContent = 'The sandbox does not answer. Trying again…'));
