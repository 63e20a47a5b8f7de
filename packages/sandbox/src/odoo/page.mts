import { shell } from '../web/page-shell.mts';

const script = `
const states = {
	draft: ['Draft', ''], confirmed: ['Confirmed', ''], progress: ['In progress', 'busy'],
	to_close: ['To close', 'busy'], done: ['Done', 'good'], cancel: ['Cancelled', 'bad'],
};
function render(state) {
	const many = (...names) => names.reduce((sum, name) => sum + (state.stateCounts[name] ?? 0), 0);
	tiles([
		['Waiting', many('draft', 'confirmed')], ['In progress', many('progress', 'to_close')], ['Done', many('done')],
		['Cancelled', many('cancel')], ['Serial numbers', state.counts['stock.lot']],
		['Messages', state.counts['mail.message']],
	]);
	const right = ['', '', '', 'number'];
	table('orders', ['Order', 'Product', 'State', 'Produced', 'Serial numbers', 'Components used', 'Changed by'],
		state.orders.map((order) => row('o' + order.id, [
			'<b>' + text(order.name) + '</b><br><span class="quiet">' + text(order.origin) + '</span>',
			text(order.partNumber) + '<br><span class="quiet">' + text(order.product) + '</span>',
			pill(...states[order.state]),
			progress(order.produced || order.producing, order.quantity),
			chips(order.serials) + Object.entries(order.custom).map(([name, value]) => '<div class="quiet code">' + text(name) + ' ' + text(value) + '</div>').join(''),
			chips(order.consumed.map((each) => each.partNumber + ' ' + (each.serial || '× ' + each.quantity))),
			origin(order.outside),
		], order.outside, right)), 'No manufacturing order.', right);
	table('lots', ['Serial number', 'Product', 'Changed by'], state.lots.map((lot) =>
		row('l' + lot.id, ['<span class="chip">' + text(lot.name) + '</span>', text(lot.partNumber), origin(lot.outside)], lot.outside)),
		'None yet: they arrive with what the shop floor reports.');
	const numbers = ['', '', '', 'number'];
	table('products', ['Part', 'Name', 'Tracking', 'On hand'], state.products.map((product) => row('p' + product.id, [
		text(product.partNumber), text(product.name), '<span class="quiet">' + text(product.tracking) + '</span>', text(product.onHand),
	], product.outside, numbers)), 'No product.', numbers);
	table('messages', ['Record', 'Message', 'Changed by'], state.messages.map((message) => row('m' + message.id, [
		'<span class="code">' + text(message.model) + ' ' + text(message.recordId) + '</span>', (message.subject ? '<b>' + text(message.subject) + '</b><br>' : '') + text(message.body.replace(/<[^>]+>/g, ' ').trim()), origin(message.outside),
	], message.outside)), 'No message.');
}
`;

/** The page of the Odoo double: manufacturing orders first, what came from outside highlighted. */
export const page = (): string =>
	shell({
		title: 'Odoo double',
		about: 'Manufacturing of a made-up company. Tinted rows were written from outside.',
		accent: '#714b67',
		sections: [
			{ id: 'orders', title: 'Manufacturing orders', place: 'main' },
			{ id: 'products', title: 'Products', place: 'main' },
			{ id: 'messages', title: 'Messages on records', place: 'main' },
			{ id: 'lots', title: 'Serial numbers', place: 'side' },
		],
		script,
	});
