import { control as call } from '../../../demo/lib/doubles.mts';
import { netsuiteCredentials } from '../../../demo/lib/netsuite-credentials.mts';
import { until } from '../../../demo/lib/poll.mts';
import type { Credential } from '../../../demo/lib/workflows.mts';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../../packages/sandbox/src/netsuite/server.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { FAILED_EVENTS, tableRows } from '../kit/data-tables.mts';
import { openStreams } from '../kit/plant.mts';
import { picoCredential } from '../kit/workflows.mts';
import { Desk } from './catalogue/desk.mts';
import { OrderForm } from './catalogue/order-form.mts';
import { complete, order, unitsOf } from './catalogue/reconciliation.mts';
import { PLANT_IDS, signedIn } from './netsuite/signed-in.mts';
import { Company } from './odoo/company.mts';

jest.setTimeout(300_000);

const COMPLETIONS = 'picoDoneToOdoo00';
const FORM = 'whereOdoo0000000';
const PARTS = ['MOTOR-20', 'HOUSING-10'];
/** Of the person who opens the form. */
const LOGIN = { user: 'floor', password: 'form-Passw0rd' };
const login: Credential = { id: 'orderForm0000001', name: 'Order form', type: 'httpBasicAuth', data: LOGIN };

describe('the form that says where an order is, with Odoo', () => {
	let pico: SandboxProcess;
	let desk: Desk;
	let form: OrderForm;
	let name: string;
	let other: string;

	beforeAll(async () => {
		pico = await startSandboxProcess({ odoo: true });
		const made = await pico.control<{ orders: Array<{ name: string }> }>('POST', `${pico.odoo}/control/orders`, { partNumber: 'PUMP-100', quantity: 2, count: 2 });
		const [first, second] = made.orders.map((each) => each.name);
		[name, other] = [first, second];
		const units = unitsOf([first], 'PUMP-100');
		await order(pico, [...units, ...unitsOf([second], 'PUMP-100')]);
		desk = await Desk.open([picoCredential(pico.endpoint, pico.token), new Company(pico).signature(), login], [
			{ name: 'pico-completions-to-odoo', id: COMPLETIONS, settings: { odooUrl: pico.odoo ?? '' }, published: true },
			{ name: 'where-is-my-order-odoo', id: FORM, settings: { odooUrl: pico.odoo ?? '' }, published: true },
		]);
		form = await OrderForm.of(desk.installed, FORM, LOGIN);
		await until('the trigger to listen', async () => (await openStreams(pico)) === 1, { timeoutMs: 60_000 });
		// Unit 1 is booked; unit 2 comes without the numbers of its parts and is parked.
		await complete(pico, [units[0]], undefined, PARTS);
		await complete(pico, [units[1]]);
		const session = await desk.installed.session();
		await until('the parked unit', async () => (await tableRows(session, FAILED_EVENTS)).length === 1, { timeoutMs: 120_000, everyMs: 500 });
		await session.deactivate(COMPLETIONS);
		await until('nobody to listen', async () => (await openStreams(pico)) === 0, { timeoutMs: 60_000 });
		// Nobody listens any more.
		await complete(pico, [unitsOf([second], 'PUMP-100')[0]], undefined, PARTS);
	});

	afterAll(async () => {
		await desk?.close();
		await pico?.close();
	});

	it('asks for a user name and a password', async () => {
		expect(await form.statusWithoutLogin()).toBe(401);
	});

	it('shows each unit in Pico and in Odoo, and why one is parked', async () => {
		const page = await form.ask(` ${name} `);
		expect(page.text).toContain('Pico has completed 2 units of 2. Odoo has booked 1 unit. 1 unit parked.');
		expect(page.rows).toEqual([
			['1', 'Booked', expect.stringMatching(/^\d{4}-/), `${name}-SN0`, `MOTOR-20 MOTOR-20 of ${name}-SN0 HOUSING-10 HOUSING-10 of ${name}-SN0`, expect.stringMatching(new RegExp(`^\\d{4}-.* on ${name}$`))],
			['2', expect.stringMatching(/^Parked: .*(MOTOR-20|HOUSING-10)/), expect.stringMatching(/^\d{4}-/), `${name}-SN1`, '', ''],
		]);
		expect(page.links).toContainEqual(expect.stringMatching(new RegExp(`^${pico.odoo}/web#id=\\d+&model=mrp.production`)));
	});

	it('says what is missing in Odoo, and who posts it', async () => {
		const page = await form.ask(other);
		expect(page.text).toContain('1 unit missing in Odoo');
		expect(page.text).toContain('Reconcile Pico with Odoo');
		expect(page.rows).toEqual([expect.arrayContaining(['1', 'Missing in Odoo'])]);
	});

	it('knows nothing of an order that neither has, whatever is typed in', async () => {
		const page = await form.ask('<b>%_\\ "MO" & more');
		expect(page.text).toContain('Neither Pico nor Odoo knows anything of this order');
		expect(page.html).not.toContain('<b>%');
	});

	it('shows the other one when one does not answer', async () => {
		await pico.control('POST', `${pico.odoo}/control/faults`, { status: 503, count: 100, path: 'search_read' });
		const withoutOdoo = await form.ask(name);
		expect(withoutOdoo.text).toContain('Odoo did not answer');
		expect(withoutOdoo.rows).toHaveLength(2);
		await pico.control('POST', `${pico.odoo}/control/faults`, { status: 503, count: 0, path: 'search_read' });
		await pico.control('POST', 'switches', { burst503: 100 });
		const withoutPico = await form.ask(name);
		expect(withoutPico.text).toContain('Pico did not answer');
		expect(withoutPico.text).toContain('Odoo has booked 1 unit');
		await pico.control('POST', 'switches', { burst503: 0 });
	});

	it('changes nothing in either', async () => {
		const calls = await pico.control<Array<{ document: string }>>('GET', 'calls');
		const before = calls.length;
		const writes = async () => (await pico.control<Array<{ what: string }>>('GET', `${pico.odoo}/control/calls`)).filter(({ what }) => /write|create|unlink|button/.test(what)).length;
		const written = await writes();
		await form.ask(name);
		expect(await writes()).toBe(written);
		expect((await pico.control<Array<{ document: string }>>('GET', 'calls')).slice(before).filter(({ document }) => /mutation/.test(document))).toEqual([]);
	});
});

describe('the form that says where an order is, with NetSuite', () => {
	const PART = 'GEAR-200';
	let pico: SandboxProcess;
	let netsuite: NetsuiteDouble;
	let desk: Desk;
	let form: OrderForm;
	let orders: Array<{ id: string; tranId: string }>;

	beforeAll(async () => {
		pico = await startSandboxProcess();
		netsuite = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
		await pico.control('POST', 'operations/deploy', { partNumber: PART, revision: 'A', name: 'Gearbox' });
		({ orders } = await control<{ orders: typeof orders }>('POST', 'orders', { partNumber: PART, quantity: 2, count: 2 }));
		const units = unitsOf(orders.map(({ tranId }) => tranId), PART);
		await order(pico, units);
		const { callsWorkflowId, bookingWorkflowId } = PLANT_IDS;
		desk = await Desk.open([picoCredential(pico.endpoint, pico.token), ...netsuiteCredentials(netsuite), login], [
			...signedIn(netsuite),
			{ name: 'pico-completions-to-netsuite', id: COMPLETIONS, settings: { bookingWorkflowId }, published: true },
			{ name: 'where-is-my-order-netsuite', id: FORM, settings: { callsWorkflowId, netsuiteApp: 'https://1234567.app.netsuite.com/' }, published: true },
		]);
		form = await OrderForm.of(desk.installed, FORM, LOGIN);
		await until('the trigger to listen', async () => (await openStreams(pico)) === 1, { timeoutMs: 60_000 });
		const session = await desk.installed.session();
		// Unit 1 is booked; then somebody closes the order, and unit 2 is parked.
		await complete(pico, [units[0]]);
		const booked = async () => (await control<{ records: unknown[] }>('GET', 'records?type=workOrderCompletion')).records.length;
		await until('the booking', async () => (await booked()) === 1, { timeoutMs: 120_000, everyMs: 500 });
		await close(orders[0].id);
		await complete(pico, [units[1]]);
		await until('the parked unit', async () => (await tableRows(session, FAILED_EVENTS)).length === 1, { timeoutMs: 120_000, everyMs: 500 });
		await session.deactivate(COMPLETIONS);
		await until('nobody to listen', async () => (await openStreams(pico)) === 0, { timeoutMs: 60_000 });
		await complete(pico, [units[2]]);
	});

	afterAll(async () => {
		await desk?.close();
		await netsuite?.close();
		await pico?.close();
	});

	const control = async <T,>(method: 'GET' | 'POST', path: string, body?: unknown) => await call<T>(netsuite.plainUrl, method, path, body);
	const close = async (id: string) => {
		const response = await fetch(`${netsuite.plainUrl}/services/rest/record/v1/workOrder/${id}`, {
			method: 'PATCH',
			headers: { authorization: `Bearer ${netsuite.credentials.accessToken}`, 'content-type': 'application/json' },
			body: JSON.stringify({ orderStatus: { id: 'H' } }),
		});
		if (!response.ok) throw new Error(await response.text());
	};

	it('shows each unit in Pico and in NetSuite, and why one is parked', async () => {
		const [{ id, tranId }] = orders;
		const page = await form.ask(tranId);
		expect(page.text).toContain('Pico has completed 2 units of 2. NetSuite has booked 1 unit. 1 unit parked.');
		expect(page.text).toContain(`${tranId}: 2 of ${PART}, closed`);
		expect(page.rows).toEqual([
			['1', 'Booked', expect.stringMatching(/^\d{4}-/), `${tranId}-SN0`, '', expect.stringMatching(/\d/)],
			['2', expect.stringMatching(/^Parked: .*closed/i), expect.stringMatching(/^\d{4}-/), `${tranId}-SN1`, '', ''],
		]);
		expect(page.links).toContain(`https://1234567.app.netsuite.com/app/accounting/transactions/workord.nl?id=${id}`);
	});

	it('says what is missing in NetSuite, and who posts it', async () => {
		const page = await form.ask(orders[1].tranId);
		expect(page.text).toContain('1 unit missing in NetSuite');
		expect(page.text).toContain('Reconcile Pico with NetSuite');
		expect(page.rows).toEqual([expect.arrayContaining(['1', 'Missing in NetSuite'])]);
	});

	it('knows nothing of an order that neither has, whatever is typed in', async () => {
		const page = await form.ask("<b>%' OR 1=1 --");
		expect(page.text).toContain('Neither Pico nor NetSuite knows anything of this order');
		expect(page.html).not.toContain('<b>%');
	});

	it('shows what Pico has when NetSuite does not answer', async () => {
		await control('POST', 'faults', { status: 503, seconds: 600 });
		const page = await form.ask(orders[0].tranId);
		expect(page.text).toContain('NetSuite did not answer');
		expect(page.rows).toHaveLength(2);
		await control('POST', 'faults', { status: 503, count: 0 });
	});
});
