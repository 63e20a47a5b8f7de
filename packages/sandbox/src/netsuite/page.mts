import { shell } from '../web/page-shell.mts';

const script = `
const kinds = { Planned: '', Released: '', 'In Process': 'busy', Built: 'good', Closed: 'good', Cancelled: 'bad' };
const custom = (record) => Object.entries(record.custom).map(([name, value]) => '<div class="quiet code">' + text(name) + ' ' + text(value) + '</div>').join('');
const external = (record) => '<span class="code">' + text(record.externalId) + '</span>';
function render(state) {
	const many = (...names) => names.reduce((sum, name) => sum + (state.statusCounts[name] ?? 0), 0);
	tiles([
		['Released', many('Planned', 'Released')], ['In process', many('In Process')], ['Built', many('Built', 'Closed')],
		['Completions and builds', state.counts.workOrderCompletion + state.counts.assemblyBuild],
		['Component issues', state.counts.workOrderIssue], ['Serial numbers', state.counts.inventoryNumber],
	]);
	const right = ['', '', '', 'number'];
	table('orders', ['Work order', 'Assembly', 'Status', 'Built', 'Serial numbers', 'External ID', 'Changed by'],
		state.orders.map((order) => row('w' + order.id, [
			'<b>' + text(order.tranId) + '</b><br><span class="quiet">' + (order.wip ? 'with WIP' : 'without WIP') + '</span>',
			text(order.partNumber) + '<br><span class="quiet">' + text(order.product) + '</span>',
			pill(order.status, kinds[order.status] ?? ''),
			progress(order.built, order.quantity),
			chips(order.serials) + custom(order), external(order), origin(order.outside),
		], order.outside, right)), 'No work order.', right);
	table('completions', ['Document', 'Work order', 'Assembly', 'Quantity', 'Serial numbers', 'External ID', 'Changed by'],
		state.completions.map((each) => row('c' + each.id, [
			'<b>' + text(each.tranId) + '</b><br><span class="quiet">' + (each.type === 'assemblyBuild' ? 'assembly build' : 'completion') + '</span>',
			text(each.workOrder) + (each.memo ? '<br><span class="quiet">' + text(each.memo) + '</span>' : ''), text(each.partNumber), text(each.quantity), chips(each.serials) + custom(each), external(each), origin(each.outside),
		], each.outside, right)), 'None yet: a completion arrives through !transform/workOrderCompletion or assemblyBuild.', right);
	table('issues', ['Document', 'Work order', 'Components', 'External ID', 'Changed by'],
		state.issues.map((each) => row('i' + each.id, [
			'<b>' + text(each.tranId) + '</b>', text(each.workOrder),
			chips(each.components.map((line) => line.partNumber + ' ' + (line.serials.join(', ') || '× ' + line.quantity))),
			external(each), origin(each.outside),
		], each.outside)), 'None yet: components are issued through !transform/workOrderIssue.');
	table('numbers', ['Serial number', 'Item', 'Changed by'], state.numbers.map((each) =>
		row('n' + each.id, ['<span class="chip">' + text(each.name) + '</span>', text(each.partNumber), origin(each.outside)], each.outside)),
		'None yet.');
	table('logins', ['Time', 'Scheme', 'Reason'], state.refusedLogins.map((each) =>
		'<tr><td class="quiet">' + clock(each.at) + '</td><td>' + text(each.scheme) + '</td><td>' + pill(each.detail, 'bad') + '</td></tr>'),
		'Every login so far was accepted.');
}
`;

/** The page of the NetSuite double: work orders first, what came from outside highlighted. */
export const page = (): string =>
	shell({
		title: 'NetSuite double',
		about: 'Work orders of a made-up account. Tinted rows were written from outside.',
		accent: '#1d5c7d',
		sections: [
			{ id: 'orders', title: 'Work orders', place: 'main' },
			{ id: 'completions', title: 'Completions and builds', place: 'main' },
			{ id: 'issues', title: 'Component issues', place: 'main' },
			{ id: 'numbers', title: 'Serial numbers', place: 'side' },
			{ id: 'logins', title: 'Refused logins', note: 'login audit trail', place: 'side' },
		],
		script,
	});
