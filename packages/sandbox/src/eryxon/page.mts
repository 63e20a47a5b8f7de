import { shell } from '../web/page-shell.mts';

const script = `
const states = { not_started: ['Not started', ''], in_progress: ['In progress', 'busy'], on_hold: ['On hold', 'busy'], completed: ['Completed', 'good'] };
const stateOf = (record) => record.deletedAt ? pill('Deleted', 'bad') : record.status in states ? pill(...states[record.status]) : text(record.status);
const external = (record) => record.externalId ? '<span class="code">' + text(record.externalId) + '</span><br><span class="quiet">' + text(record.externalSource) + '</span>' : '';
const act = (what, id, label, of) => '<button data-act="' + what + '" data-id="' + text(id) + '" aria-label="' + label + ' ' + text(of) + '">' + label + '</button>';
function steps(operation) {
	if (operation.deletedAt || operation.status === 'completed') return '';
	const first = { not_started: ['start', 'Start'], in_progress: ['pause', 'Pause'], on_hold: ['resume', 'Resume'] }[operation.status];
	const name = 'operation ' + operation.sequence + ' ' + operation.name + ', part ' + operation.partNumber + ', job ' + operation.jobNumber;
	return '<span class="name">' + act('operations/' + first[0], operation.id, first[1], name) + ' ' + act('operations/complete', operation.id, 'Complete', name) + '</span>';
}
const results = { pending: ['Under way', 'busy'], delivered: ['Delivered', 'good'], failed: ['Failed', 'bad'] };
function render(state) {
	tiles([
		['Jobs', state.counts.jobs], ['Parts', state.counts.parts], ['Operations', state.counts.operations],
		['Cells', state.counts.cells], ['Resources', state.counts.resources],
		['Deleted, key still taken', Object.values(state.deleted).reduce((sum, count) => sum + count, 0)],
		['Requests in 24 h', state.requestsToday], ['Generation', state.dialect.toUpperCase()],
	]);
	const at3 = ['', '', '', 'number'];
	table('jobs', ['Job', 'Customer', 'Status', 'Operations', 'External key', 'Changed by', ''],
		state.jobs.map((job) => row('j' + job.id, [
			'<b>' + text(job.jobNumber) + '</b>' + (job.dueDate ? '<br><span class="quiet name">due ' + text(job.dueDate.slice(0, 10)) + '</span>' : ''),
			text(job.customer), stateOf(job), progress(job.completed, job.operations), external(job), origin(job.outside),
			job.deletedAt || job.status === 'completed' || job.operations === 0 ? '' : act('jobs/complete', job.id, 'Complete', 'job ' + job.jobNumber),
		], job.outside, at3)), 'No job.', at3);
	table('parts', ['Part', 'Job', 'Material', 'Quantity', 'Status', 'External key', 'Changed by'],
		state.parts.map((part) => row('p' + part.id, [
			'<b>' + text(part.partNumber) + '</b>', text(part.jobNumber), text(part.material), text(part.quantity),
			stateOf(part), external(part), origin(part.outside),
		], part.outside, at3)), 'No part.', at3);
	table('operations', ['Operation', 'Part', 'Cell', 'Minutes', 'Status', 'External key', 'Changed by', ''],
		state.operations.map((operation) => row('o' + operation.id, [
			'<b>' + text(operation.sequence) + '</b> ' + text(operation.name),
			text(operation.partNumber) + '<br><span class="quiet">' + text(operation.jobNumber) + '</span>', text(operation.cell),
			text(operation.estimatedTime), stateOf(operation), external(operation), origin(operation.outside), steps(operation),
		], operation.outside, at3)), 'No operation.', at3);
	table('webhooks', ['Address', 'Events', 'State'], state.webhooks.map((hook) => row('h' + hook.id, [
		'<span class="code">' + text(hook.url) + '</span>', chips(hook.events),
		pill(...(hook.active ? ['Active', 'good'] : ['Off', 'bad'])) + (hook.disabled_reason ? '<br><span class="quiet">' + text(hook.disabled_reason) + '</span>' : ''),
	])), 'None yet: an active trigger registers itself.');
	table('deliveries', ['Time', 'Event', 'Result'], state.deliveries.map((each) => row('d' + each.id, [
		'<span class="quiet">' + clock(each.at) + '</span>',
		text(each.event) + '<br><span class="quiet">' + counted(each.attempts, 'attempt') + ' · ' + each.latencyMs + ' ms' + (each.error ? ' · ' + text(each.error) : '') + '</span>',
		pill(...results[each.status]),
	])), 'Nothing sent yet: complete an operation.');
	table('cells', ['Cell', 'External key', 'Changed by'], state.cells.map((cell) => row('c' + cell.id, [
		'<b>' + text(cell.sequence) + '</b> ' + text(cell.name), external(cell), origin(cell.outside),
	], cell.outside)), 'No cell.');
	table('resources', ['Resource', 'External key', 'Changed by'], state.resources.map((each) => row('r' + each.id, [
		text(each.name) + '<br><span class="quiet">' + text(each.type) + '</span> ' + (each.deletedAt ? stateOf(each) : ''), external(each), origin(each.outside),
	], each.outside)), 'No resource.');
}
document.addEventListener('click', (event) => {
	const button = event.target.closest('button[data-act]');
	if (button) control(button.dataset.act, { id: button.dataset.id });
});
`;

/** The page of the Eryxon double: its tables and what its webhooks delivered; what came from outside highlighted. */
export const page = (): string =>
	shell({
		title: 'Eryxon MES double',
		about: 'Jobs of a made-up workshop. Tinted rows were written from outside.',
		accent: '#0f6b62',
		sections: [
			{ id: 'jobs', title: 'Jobs', place: 'main' },
			{ id: 'operations', title: 'Operations', place: 'main' },
			{ id: 'parts', title: 'Parts', place: 'main' },
			{ id: 'webhooks', title: 'Webhooks', place: 'side' },
			{ id: 'deliveries', title: 'Deliveries', note: 'latest first', place: 'side' },
			{ id: 'cells', title: 'Cells', place: 'side' },
			{ id: 'resources', title: 'Resources', place: 'side' },
		],
		script,
	});
