/** Draws the state. Everything is built from nodes, never from HTML text, so no name can break the page. */

export function h(tag, props = {}, ...children) {
	const node = document.createElement(tag);
	for (const [key, value] of Object.entries(props)) {
		if (value === undefined || value === false || value === null) continue;
		if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
		else if (key === 'style') node.style.cssText = value;
		else if (value === true) node.setAttribute(key, '');
		else node.setAttribute(key, value);
	}
	node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
	return node;
}

const COLUMNS = [
	['released', 'Released', 'Orders that an ERP saves through the API appear here.'],
	['inProgress', 'In progress', 'Start an order to see it here.'],
	['completed', 'Completed', 'Every completion is sent to open streams and webhooks.'],
	['cancelled', 'Cancelled', 'Only orders that are not started can be cancelled.'],
];
export const CARDS_AT_FIRST = 12;

export const time = (text) => (text ? new Date(text).toLocaleTimeString([], { hour12: false }) : 'never');
export const counted = (count, noun) => `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
/** `name` is what a screen reader says, where the label alone would be the same in each row. */
const button = (label, className, onclick, name) =>
	h('button', { class: className, type: 'button', 'aria-label': name, onclick }, label);

const ordersIn = (state, key) => state.orders.filter((order) => !order.parentOrderId && order.state === key);

/** Narrow windows show one column; these buttons choose which. */
export const columnButtons = (state, shown, show) =>
	COLUMNS.map(([key, title]) =>
		h(
			'button',
			{ type: 'button', id: `show-${key}`, class: `is-${key}`, 'aria-pressed': String(key === shown), onclick: () => show(key) },
			h('span', { class: 'dot' }),
			title,
			h('span', { class: 'count' }, ` ${ordersIn(state, key).length}`),
		),
	);

/** @param view which column a narrow window shows, how many cards each column shows, and what shows more of them */
export function board(state, actions, view) {
	return COLUMNS.map(([key, title, hint]) => {
		const inColumn = ordersIn(state, key);
		// Times are texts of one length in UTC, so they sort as they are.
		const latestFirst = (a, b) => (b.completedAt ?? b.createdAt).localeCompare(a.completedAt ?? a.createdAt);
		const isDone = key === 'completed' || key === 'cancelled';
		const shown = (isDone ? [...inColumn].sort(latestFirst) : inColumn).slice(0, view.cards[key] ?? CARDS_AT_FIRST);
		const hidden = inColumn.length - shown.length;
		return h(
			'section',
			{ class: `column is-${key}${key === view.column ? ' chosen' : ''}`, 'aria-label': title },
			h('h2', {}, h('span', { class: 'dot' }), title, h('span', { class: 'count' }, String(inColumn.length))),
			shown.map((order) => card(order, state, actions)),
			inColumn.length === 0 && h('p', { class: 'empty' }, hint),
			hidden > 0 && button(`Show more (${hidden})`, 'quiet more', () => view.more(key), `Show more: ${title}, ${hidden} hidden`),
		);
	});
}

const unitOf = (order) => `order ${order.externalOrderId || 'without ID'} unit ${order.orderIndex + 1}`;

function card(order, state, actions) {
	const open = order.state === 'released' || order.state === 'inProgress';
	return h(
		'article',
		{ class: 'card', 'data-order': order.id },
		h(
			'h3',
			{},
			h('span', {}, order.externalOrderId || '(no order id)'),
			h('span', { class: 'unit' }, `unit ${order.orderIndex + 1}`),
		),
		h('p', { class: 'what' }, order.operationName),
		part(order),
		open && steps(order, state, actions),
		order.state === 'completed' && serials(order),
		order.state === 'completed' &&
			h(
				'p',
				{ class: 'dim' },
				`at ${time(order.completedAt)}${order.completions > 1 ? `, corrected ${order.completions - 1}×` : ''}`,
			),
		order.state === 'completed' &&
			h(
				'div',
				{ class: 'row' },
				button('Correct…', 'small', () => actions.complete(order), `Correct ${unitOf(order)}`),
			),
		open &&
			h(
				'div',
				{ class: 'row' },
				order.state === 'released' && button('Start', '', () => actions.start(order), `Start ${unitOf(order)}`),
				button('Complete…', 'primary', () => actions.complete(order), `Complete ${unitOf(order)}`),
			),
	);
}

function part({ partNumber, revision }) {
	if (!partNumber) return undefined;
	return h(
		'p',
		{ class: 'dim' },
		h('span', { class: 'chip' }, revision ? `${partNumber} rev ${revision}` : partNumber),
	);
}

function serials(order) {
	return h(
		'div',
		{ class: 'serials mono' },
		!order.withoutSerial && h('span', {}, order.producedSerial ? `⟶ ${order.producedSerial}` : '⟶ no serial captured'),
		order.consumedSerials.map((serial) =>
			h('span', { class: 'dim mono' }, `${serial.externalId ?? 'part'}: ${serial.value}`),
		),
	);
}

function steps(order, state, actions) {
	const children = state.orders.filter((each) => each.parentOrderId === order.id);
	const rows = (list, depth) =>
		list.flatMap((child) => [
			step(child, depth, actions),
			...rows(
				state.orders.filter((each) => each.parentOrderId === child.id),
				depth + 1,
			),
		]);
	return children.length > 0 && h('ul', { class: 'steps' }, rows(children, 0));
}

function step(order, depth, actions) {
	const leaf = order.kind === 'process';
	return h(
		'li',
		{ class: `is-${order.state}`, style: `--depth:${depth}` },
		h('span', { class: 'dot', title: order.state }),
		h('span', { class: 'name' }, order.operationName),
		leaf && order.state === 'released' && button('Start', 'small', () => actions.start(order), `Start ${order.operationName}, ${unitOf(order)}`),
		leaf && order.state === 'inProgress' && button('Done', 'small primary', () => actions.finish(order), `Done: ${order.operationName}, ${unitOf(order)}`),
	);
}

const entry = (title, aside, ...rest) =>
	h('div', { class: 'entry' }, h('div', { class: 'top' }, h('b', {}, title), aside), ...rest);
const nothing = (text) => [h('p', { class: 'empty' }, text)];
const list = (items, draw, text) => (items.length > 0 ? items.map(draw) : nothing(text));

export const panels = {
	streams: {
		title: 'Streams',
		count: (state) => state.streams.length,
		draw: (state) =>
			list(
				state.streams,
				(stream) =>
					entry(
						stream.field,
						h('span', { class: 'chip' }, stream.transport),
						h(
							'p',
							{ class: 'dim' },
							`${counted(stream.delivered, 'row')} since ${time(stream.since)}, batches of ${stream.batchSize}`,
						),
						stream.cursor && h('p', { class: 'mono dim' }, `from ${Object.values(stream.cursor).join(' ')}`),
						stream.where && h('p', { class: 'mono dim' }, `where ${JSON.stringify(stream.where)}`),
					),
				'No stream is open. A subscription over SSE or WebSocket shows up here.',
			),
	},
	webhooks: {
		title: 'Webhooks',
		count: (state) => state.webhooks.length,
		draw: (state) => [
			...list(
				state.webhooks,
				(webhook) =>
					entry(
						webhook.subscriptionId,
						h('span', { class: webhook.down ? 'chip bad' : 'chip good' }, webhook.down ? 'reconnecting' : 'listening'),
						h('p', { class: 'mono' }, webhook.webhookUrl),
						h('p', { class: 'mono dim' }, webhook.responseFragment),
						h('p', { class: 'dim' }, `last event ${time(webhook.lastEventAt)}`),
					),
				'No webhook is registered.',
			),
			...[...state.deliveries]
				.reverse()
				.slice(0, 50)
				.map((delivery) =>
					entry(
						`→ ${delivery.subscriptionId}`,
						h(
							'span',
							{ class: delivery.outcome === 'delivered' ? 'chip good' : 'chip bad' },
							delivery.status ? `${delivery.status}` : delivery.outcome,
						),
						h('p', { class: 'mono dim' }, JSON.stringify(delivery.body)),
						delivery.detail && h('p', { class: 'dim bad' }, delivery.detail),
					),
				),
		],
	},
	calls: {
		title: 'Calls',
		count: (state) => state.callCount,
		draw: (state) =>
			list(
				[...state.calls].reverse(),
				(call) =>
					entry(
						call.operationName ?? call.kind,
						h(
							'span',
							{ class: call.status >= 400 || !call.tokenOk ? 'chip bad' : 'chip good' },
							call.status ? String(call.status) : '…',
						),
						h('p', { class: 'dim' }, `${time(call.at)} ${call.path}${call.tokenOk ? '' : ', wrong token'}`),
						h('p', { class: 'mono dim' }, call.document.replace(/\s+/g, ' ').slice(0, 300)),
					),
				'No GraphQL call yet.',
			),
	},
	operations: {
		title: 'Operations',
		count: (state) => state.operations.filter((row) => !row.archivedAt).length,
		draw: (state, actions) => [
			h(
				'div',
				{ class: 'row' },
				button('Deploy…', 'small', () => actions.deploy()),
				button('Change structure…', 'small', () => actions.structure()),
			),
			...[...state.operations].sort(byKind).map((row) => operation(row, state, actions)),
		],
	},
	notes: {
		title: 'Notes',
		count: (state) => state.notes.length,
		draw: (state, actions) =>
			list(
				[...state.notes].reverse(),
				(note) =>
					entry(
						note.text,
						button('Edit…', 'small', () => actions.note(note), `Edit note ${note.text}`),
						h(
							'p',
							{ class: 'dim' },
							`${note.type.name}, ${note.state.operator.name} at ${note.state.station.name}, ${time(note.at)}`,
						),
						h('p', { class: 'mono dim' }, `seq ${note.seq} ${note.eventType}`),
					),
				'No note yet.',
			),
	},
	switches: {
		title: 'Switches',
		count: () => undefined,
		draw: (state, actions) =>
			Object.entries(state.definitions).map(([name, definition]) =>
				switchRow(name, definition, state.switches[name], actions),
			),
	},
};

const KIND_ORDER = ['product', 'subassembly', 'process'];
const byKind = (a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind);

function operation(row, state, actions) {
	const links = state.subOperations.filter((link) => link.parentId === row.id);
	const nameOf = (id) => state.operations.find((each) => each.id === id)?.name ?? id;
	const byStep = new Map();
	for (const link of [...links].sort((a, b) => a.childIndex - b.childIndex)) {
		const label = nameOf(link.childId) + (link.optional ? ' (optional)' : '');
		byStep.set(link.childIndex, [...(byStep.get(link.childIndex) ?? []), label]);
	}
	const nameOfRow = [row.name, row.externalId, row.externalRevision && `rev ${row.externalRevision}`].filter(Boolean).join(' ');
	const route = [...byStep.values()].map((names) => names.join(' + ')).join(' → ');
	return entry(
		row.name,
		h('span', { class: row.archivedAt ? 'chip bad' : 'chip' }, row.archivedAt ? 'archived' : row.kind),
		part({ partNumber: row.externalId, revision: row.externalRevision }),
		h('p', { class: 'mono dim' }, row.id),
		route && h('p', { class: 'dim' }, route),
		!row.archivedAt &&
			h(
				'div',
				{ class: 'row' },
				button('Order…', 'small', () => actions.order(row), `Order ${nameOfRow}`),
				button('Deploy again…', 'small', () => actions.deploy(row), `Deploy again ${nameOfRow}`),
				button('Archive', 'small danger', () => actions.archive(row), `Archive ${nameOfRow}`),
			),
	);
}

function switchRow(name, definition, value, actions) {
	const id = `switch-${name}`;
	const initial = definition.values ? definition.values[0] : definition.initial;
	const onchange = (event) => actions.set(name, event.target.value);
	const options = definition.values ?? (typeof initial === 'boolean' ? ['false', 'true'] : undefined);
	const input = options
		? h(
				'select',
				{ id, onchange },
				options.map((option) => h('option', { value: option, selected: String(value) === option }, option)),
			)
		: h('input', { id, type: 'number', min: 0, step: definition.whole ? 1 : 0.05, value: String(value), onchange });
	return h(
		'div',
		{ class: value === initial ? 'switch' : 'switch changed' },
		h('label', { for: id }, name),
		input,
		h('p', { class: 'dim' }, definition.about),
	);
}
