import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { connect as ask } from 'node:net';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect as secure } from 'node:tls';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';

type Json = Record<string, unknown>;

const records = '/services/rest/record/v1';
const serials = (...numbers: string[]) => ({
	inventoryAssignment: { items: numbers.map((receiptInventoryNumber) => ({ receiptInventoryNumber, quantity: 1 })) },
});

describe('the NetSuite double', () => {
	let netsuite: NetsuiteDouble;

	beforeAll(async () => {
		netsuite = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
	});
	afterAll(() => netsuite.close());
	beforeEach(() => control('POST', 'reset', {}));

	async function control<Answer = Json>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
		const response = await fetch(`${netsuite.plainUrl}/control/${path}`, {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const answer = (await response.json()) as Answer & { message?: string };
		if (!response.ok) throw new Error(answer.message);
		return answer;
	}

	async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
		const response = await fetch(netsuite.plainUrl + path, {
			method,
			headers: { authorization: 'Bearer sandbox-access', 'content-type': 'application/json', ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		return {
			status: response.status,
			headers: response.headers,
			location: response.headers.get('location'),
			id: response.headers.get('location')?.split('/').at(-1),
			body: (text === '' ? undefined : JSON.parse(text)) as never,
		};
	}

	const record = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
		call(method, `${records}/${path}`, body, headers);
	const get = async (path: string) => (await record('GET', path)).body as Json;
	const suiteql = (q: string, page = '', headers: Record<string, string> = { prefer: 'transient' }) =>
		call('POST', `/services/rest/query/v1/suiteql${page}`, { q }, headers);
	const problem = (code: string, detail = '') => ({
		'o:errorDetails': [expect.objectContaining({ 'o:errorCode': code, detail: expect.stringContaining(detail) })],
	});

	describe('transport', () => {
		it('speaks HTTP/2 over https with a certificate that its own authority vouches for', async () => {
			const session: ClientHttp2Session = connect(netsuite.url, { ca: readFileSync(netsuite.caFile) });
			const status = await new Promise((resolve, reject) => {
				session.on('error', reject);
				const stream = session.request({ ':path': `${records}/workOrder/2`, authorization: 'Bearer sandbox-access' });
				stream.on('response', (headers) => resolve(headers[':status']));
				stream.on('error', reject);
				stream.resume();
			});
			session.destroy();
			expect(status).toBe(200);
		});

		it('speaks HTTP/1.1 over https too, and a client that does not know the authority refuses it', async () => {
			const visit = (ca: Buffer | undefined, hostname: string) =>
				new Promise<number | undefined>((resolve, reject) => {
					const { port } = new URL(netsuite.url);
					const options = { hostname, port, path: '/', ca, agent: false };
					request(options, (response) => resolve(response.resume().statusCode))
						.on('error', reject)
						.end();
				});
			const ca = readFileSync(netsuite.caFile);
			expect(await visit(ca, '127.0.0.1')).toBe(200);
			await expect(visit(undefined, '127.0.0.1')).rejects.toThrow(/certificate|verify/i);
		});

		it('is the proxy of its account, and of nothing else', async () => {
			const tunnel = async (host: string) => {
				const socket = ask(Number(new URL(netsuite.url).port), '127.0.0.1');
				socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nhost: ${host}:443\r\n\r\n`);
				const [head] = (await once(socket, 'data')) as [Buffer];
				return { socket, status: head.toString().split('\r\n')[0] };
			};
			const servername = '1234567-sb1.suitetalk.api.netsuite.com';
			const { socket } = await tunnel(servername);
			const inside = secure({ socket, servername, ca: readFileSync(netsuite.caFile), ALPNProtocols: ['http/1.1'] });
			inside.write(`GET ${records}/workOrder/2 HTTP/1.1\r\nhost: ${servername}\r\nauthorization: Bearer sandbox-access\r\n\r\n`);
			const [answer] = (await once(inside, 'data')) as [Buffer];
			inside.destroy();
			expect(answer.toString()).toContain('HTTP/1.1 200');
			expect(answer.toString()).toContain(`https://${servername}${records}/workOrder/2`);
			const elsewhere = await tunnel('system.netsuite.com');
			elsewhere.socket.destroy();
			expect(elsewhere.status).toBe('HTTP/1.1 403 Forbidden');
		});

		it('keeps its certificate in a given folder, so that a restart needs no restart of n8n', async () => {
			const folder = await mkdtemp(join(tmpdir(), 'netsuite-certificate-'));
			const authority = async (): Promise<string> => {
				const double = await startNetsuiteDouble({ port: 0, host: '127.0.0.1', certificateFolder: folder });
				await double.close();
				return readFileSync(double.caFile, 'utf8');
			};
			expect(await authority()).toBe(await authority());
			await rm(folder, { recursive: true });
		});
	});

	describe('records', () => {
		it('lists ids with links, page by page', async () => {
			const first = await get('workOrder?limit=3');
			expect(first).toMatchObject({ count: 3, hasMore: true, offset: 0, totalResults: 4 });
			expect(first.items).toContainEqual({
				id: '2',
				links: [{ rel: 'self', href: expect.stringMatching(/workOrder\/2$/) }],
			});
			const next = (first.links as { rel: string; href: string }[]).find((link) => link.rel === 'next');
			const second = await call('GET', new URL(next?.href ?? '').pathname + new URL(next?.href ?? '').search);
			expect(second.body).toMatchObject({ count: 1, hasMore: false, offset: 3 });
			expect(await record('GET', 'workOrder?limit=3&offset=1')).toMatchObject({ status: 400 });
		});

		it.each([
			['tranId IS "WO2"', ['4']],
			['quantity GREATER 1 AND quantity LESS 5', ['4']],
			['tranId START_WITH "wo" AND (quantity EQUAL 5 OR tranId IS "WO1")', ['2', '8']],
			['memo EMPTY', ['2', '4', '6', '8']],
			['id ANY_OF [2, 6]', ['2', '6']],
			['externalId IS_NOT "WO1"', ['4', '6', '8']],
		])('filters a list by q=%s', async (q, ids) => {
			const { items } = (await get(`workOrder?q=${encodeURIComponent(q)}`)) as { items: { id: string }[] };
			expect(items.map(({ id }) => id)).toEqual(ids);
		});

		it('shows references, statuses and sublists short or in full, as asked', async () => {
			const short = await get('workOrder/eid:WO1');
			expect(short).toMatchObject({
				id: '2',
				assemblyItem: { refName: 'PUMP-100' },
				orderStatus: { id: 'B', refName: 'Released' },
				status: { id: 'Released', refName: 'Released' },
				item: { links: [expect.anything()] },
			});
			expect(short.item).not.toHaveProperty('items');
			const full = await get('workOrder/2?expandSubResources=true&simpleEnumFormat=true');
			expect(full).toMatchObject({ orderStatus: 'B', status: 'Released', item: { totalResults: 3 } });
			expect(Object.keys(await get('workOrder/2?fields=tranId'))).toEqual(['links', 'id', 'tranId']);
			expect(await get('workOrder/2/item')).toMatchObject({ totalResults: 3 });
		});

		it('creates, changes and deletes with 204 and the address of the record', async () => {
			const made = await record('POST', 'workOrder', { assemblyItem: { externalId: 'PUMP-100' }, quantity: 2 });
			expect(made).toMatchObject({ status: 204, location: `${netsuite.plainUrl}${records}/workOrder/9` });
			expect(await record('PATCH', 'workOrder/9', { memo: 'm', custbody_pico_event: 'e' })).toMatchObject({
				status: 204,
			});
			expect(await get('workOrder/9')).toMatchObject({ memo: 'm', custbody_pico_event: 'e', tranId: 'WO5' });
			expect((await record('DELETE', 'workOrder/9')).status).toBe(204);
			expect(await record('GET', 'workOrder/9')).toMatchObject({ status: 404, body: problem('NONEXISTENT_ID') });
		});

		it('upserts by external id: one record, however often it is sent', async () => {
			const put = (quantity: number) =>
				record('PUT', 'workOrder/eid:PICO-1', { assemblyItem: { id: '6' }, quantity, isWip: true });
			const first = await put(1);
			expect(await put(4)).toMatchObject({ status: 204, id: first.id });
			expect(await get('workOrder/eid:PICO-1')).toMatchObject({ quantity: 4, externalId: 'PICO-1' });
			expect(await record('PUT', 'workOrder/2', {})).toMatchObject({ status: 400 });
		});

		it('adds sublist lines, changes them by number, and replaces them when asked', async () => {
			const line = (item: string, more: Json = {}) => ({ item: { externalId: item }, quantity: 1, ...more });
			await record('PATCH', 'workOrder/2', {
				item: { items: [line('HOUSING-10', { line: 2, quantity: 9 }), line('SEAL-30')] },
			});
			const after = (await get('workOrder/2/item')) as { items: Json[] };
			expect(after.items.map(({ quantity }) => quantity)).toEqual([1, 9, 2, 1]);
			await record('PATCH', 'workOrder/2?replace=item', { item: { items: [line('SEAL-30')] } });
			expect(await get('workOrder/2/item')).toMatchObject({ totalResults: 1 });
		});

		it('refuses unknown names, unless told to ignore them', async () => {
			const body = { memo: 'x', sessionId: 'from the incoming item' };
			expect(await record('PATCH', 'workOrder/2', body)).toMatchObject({
				status: 400,
				body: problem('INVALID_CONTENT', 'sessionId'),
			});
			const headers = { 'x-netsuite-propertynamevalidation': 'Ignore' };
			expect((await record('PATCH', 'workOrder/2', body, headers)).status).toBe(204);
		});

		it.each([
			['a missing assembly', 'POST', 'workOrder', { quantity: 1 }, 400, 'INVALID_CONTENT', 'assemblyItem'],
			[
				'an unknown reference',
				'POST',
				'workOrder',
				{ quantity: 1, assemblyItem: { id: '999' } },
				400,
				'INVALID_CONTENT',
				'999',
			],
			[
				'a text for a number',
				'POST',
				'workOrder',
				{ quantity: 'many', assemblyItem: { id: '6' } },
				400,
				'INVALID_CONTENT',
				'many',
			],
			[
				'a negative quantity',
				'POST',
				'workOrder',
				{ quantity: -1, assemblyItem: { id: '6' } },
				400,
				'USER_ERROR',
				'greater than zero',
			],
			['a known external id', 'POST', 'customer', { externalId: 'CUST-1' }, 400, 'USER_ERROR', 'already exists'],
			['an unknown record type', 'GET', 'workorders', undefined, 404, 'NONEXISTENT_RECORD_TYPE', 'workorders'],
			['a wrong method', 'PATCH', 'workOrder', {}, 405, 'METHOD_NOT_ALLOWED', 'PATCH'],
			['a bad filter', 'GET', 'workOrder?q=tranId%20LIKE%201', undefined, 400, 'INVALID_PARAMETER', 'LIKE'],
		])('names %s', async (_name, method, path, body, status, code, detail) => {
			expect(await record(method, path, body)).toMatchObject({ status, body: problem(code, detail) });
		});
	});

	describe('transforms', () => {
		const complete = (order: string, body: Json) =>
			record('POST', `workOrder/eid:${order}/!transform/workOrderCompletion`, body);

		it('completes unit by unit until the work order is built', async () => {
			for (const number of [1, 2, 3]) {
				const body = { completedQuantity: 1, externalId: `event-${number}`, inventoryDetail: serials(`P-${number}`) };
				expect(await complete('WO2', body)).toMatchObject({
					status: 204,
					location: expect.stringContaining('workOrderCompletion'),
				});
				expect(await get('workOrder/eid:WO2?simpleEnumFormat=true')).toMatchObject({
					built: number,
					status: number === 3 ? 'Built' : 'In Process',
				});
			}
			expect(await get('workOrderCompletion/eid:event-2')).toMatchObject({
				completedQuantity: 1,
				createdFrom: { refName: 'WO2' },
			});
			expect(await complete('WO2', { completedQuantity: 1 })).toMatchObject({
				status: 400,
				body: problem('USER_ERROR'),
			});
		});

		it('never completes more than is open', async () => {
			const body = { completedQuantity: 4, inventoryDetail: serials('P-1', 'P-2', 'P-3', 'P-4') };
			expect(await complete('WO2', body)).toMatchObject({
				status: 400,
				body: problem('USER_ERROR', 'open on the work order: 3'),
			});
			expect(await complete('WO2', { completedQuantity: 0 })).toMatchObject({ status: 400 });
			expect(await get('workOrder/eid:WO2')).toMatchObject({ built: 0 });
		});

		it('makes a repeated posting visible: same external id, or same serial number', async () => {
			const body = { completedQuantity: 1, externalId: 'event-1', inventoryDetail: serials('P-1') };
			await complete('WO2', body);
			expect(await complete('WO2', body)).toMatchObject({ status: 400, body: problem('USER_ERROR', 'event-1') });
			const again = { ...body, externalId: 'event-2' };
			expect(await complete('WO2', again)).toMatchObject({ status: 400, body: problem('USER_ERROR', 'P-1') });
			expect(await get('workOrder/eid:WO2')).toMatchObject({ built: 1 });
		});

		it('wants one serial number per unit of a serialised assembly, unless switched off', async () => {
			expect(await complete('WO1', {})).toMatchObject({ status: 400, body: problem('USER_ERROR', 'inventory detail') });
			await control('POST', 'switches', { assemblySerials: 'optional' });
			expect((await complete('WO1', {})).status).toBe(204);
		});

		it('issues the components of the order, or the ones given with their serial numbers', async () => {
			expect((await record('POST', 'workOrder/4/!transform/workOrderIssue', {})).status).toBe(204);
			const component = {
				items: [
					{
						item: { externalId: 'MOTOR-20' },
						quantity: 1,
						componentInventoryDetail: {
							inventoryAssignment: { items: [{ issueInventoryNumber: { refName: 'M-1' }, quantity: 1 }] },
						},
					},
				],
			};
			await record('POST', 'workOrder/2/!transform/workOrderIssue', { component });
			const { issues } = await control<{ issues: Json[] }>('GET', 'state');
			expect(issues).toEqual([
				expect.objectContaining({ components: [{ partNumber: 'MOTOR-20', quantity: 1, serials: ['M-1'] }] }),
				expect.objectContaining({
					components: expect.arrayContaining([{ partNumber: 'SEAL-30', quantity: 6, serials: [] }]),
				}),
			]);
		});

		it('takes only serial numbers of components that are in stock, each once, when told to', async () => {
			await control('POST', 'switches', { componentSerials: 'inStock' });
			const motor = await control('POST', 'records', {
				type: 'inventoryNumber',
				values: { inventoryNumber: 'M-1', item: { externalId: 'MOTOR-20' } },
			});
			const issue = (...numbers: Json[]) => {
				const items = numbers.map((issueInventoryNumber) => ({ issueInventoryNumber, quantity: 1 }));
				const line = { item: { externalId: 'MOTOR-20' }, quantity: 1 };
				const detail = { componentInventoryDetail: { inventoryAssignment: { items } } };
				return record('POST', 'workOrder/2/!transform/workOrderIssue', { component: { items: [{ ...line, ...detail }] } });
			};
			const refused = (detail: string) => ({ status: 400, body: problem('USER_ERROR', detail) });
			expect(await issue()).toMatchObject(refused('configure the inventory detail in line 1'));
			expect(await issue({ refName: 'M-2' })).toMatchObject(refused('M-2 of item MOTOR-20 is not available'));
			expect((await issue({ id: String(motor.id) })).status).toBe(204);
			expect(await issue({ refName: 'M-1' })).toMatchObject(refused('M-1 of item MOTOR-20 is not available'));
			const { issues } = await control<{ issues: Json[] }>('GET', 'state');
			expect(issues).toEqual([
				expect.objectContaining({ components: [{ partNumber: 'MOTOR-20', quantity: 1, serials: ['M-1'] }] }),
			]);
		});

		it('builds orders without WIP and completes those with WIP, not the other way round', async () => {
			expect((await record('POST', 'workOrder/eid:WO4/!transform/assemblyBuild', { quantity: 5 })).status).toBe(204);
			expect(await record('POST', 'workOrder/eid:WO1/!transform/assemblyBuild', {})).toMatchObject({
				status: 400,
				body: problem('INVALID_INITIALIZE_REF'),
			});
			expect(await record('POST', 'workOrder/2/!transform/invoice', {})).toMatchObject({ status: 404 });
		});

		it('lets a person lower the quantity down to what is built, and the components follow', async () => {
			await complete('WO2', { completedQuantity: 1, inventoryDetail: serials('P-1') });
			const lower = (quantity: number) => record('PATCH', 'workOrder/eid:WO2', { quantity });
			expect((await lower(2)).status).toBe(204);
			expect(await get('workOrder/eid:WO2/item')).toMatchObject({ items: [{ quantity: 2 }, { quantity: 2 }, { quantity: 4 }] });
			expect(await complete('WO2', { completedQuantity: 2, inventoryDetail: serials('P-2', 'P-3') })).toMatchObject({
				status: 400,
				body: problem('USER_ERROR', 'open on the work order: 1'),
			});
			expect((await lower(1)).status).toBe(204);
			expect(await get('workOrder/eid:WO2?simpleEnumFormat=true')).toMatchObject({ built: 1, status: 'Built' });
			expect(await lower(0.5)).toMatchObject({ status: 400, body: problem('USER_ERROR', 'less than what has been built: 1') });
		});

		it('builds more than was ordered only in an account that allows overage', async () => {
			const build = { quantity: 6 };
			expect((await record('POST', 'workOrder/eid:WO4/!transform/assemblyBuild', build)).status).toBe(400);
			await control('POST', 'switches', { overage: 'allowed' });
			expect((await record('POST', 'workOrder/eid:WO4/!transform/assemblyBuild', build)).status).toBe(204);
			expect(await get('workOrder/eid:WO4')).toMatchObject({ built: 6, quantity: 5 });
		});

		it.each(['C', 'H'])('makes nothing from an order that a person set to %s', async (id) => {
			await complete('WO2', { completedQuantity: 1, inventoryDetail: serials('P-1') });
			await record('PATCH', 'workOrder/eid:WO2', { orderStatus: { id } });
			expect(await complete('WO2', { completedQuantity: 1, inventoryDetail: serials('P-2') })).toMatchObject({
				status: 400,
				body: problem('INVALID_INITIALIZE_REF'),
			});
			expect(await get('workOrder/eid:WO2')).toMatchObject({ built: 1 });
		});

		it('takes back what a deleted completion did, and deletes no order that something was made from', async () => {
			await record('POST', 'workOrder/eid:WO1/!transform/workOrderIssue', {});
			await complete('WO1', { externalId: 'event-1', completedQuantity: 1, inventoryDetail: serials('P-1') });
			expect(await record('DELETE', 'workOrder/eid:WO1')).toMatchObject({ status: 400, body: problem('USER_ERROR', 'linked to') });
			expect((await record('DELETE', 'workOrderCompletion/eid:event-1')).status).toBe(204);
			expect(await get('workOrder/eid:WO1?simpleEnumFormat=true')).toMatchObject({ built: 0, status: 'In Process' });
			expect(await complete('WO1', { completedQuantity: 1, inventoryDetail: serials('P-1') })).toMatchObject({ status: 204 });
		});

		it('closes an order for good', async () => {
			expect((await record('POST', 'workOrder/2/!transform/workOrderClose', {})).status).toBe(204);
			expect(await complete('WO1', { inventoryDetail: serials('P-1') })).toMatchObject({ status: 400 });
		});
	});

	describe('SuiteQL', () => {
		const rows = async (q: string) =>
			((await suiteql(q)).body as { items: Json[] }).items.map(({ links: _, ...row }) => row);

		it.each([
			["SELECT tranid FROM transaction WHERE type = 'WorkOrd' AND externalid = 'WO2'", [{ tranid: 'WO2' }]],
			['SELECT id, BUILTIN.DF(status) AS state FROM transaction WHERE id = 2', [{ id: '2', state: 'Work Order : Released' }]],
			["SELECT tranid, status FROM transaction WHERE type = 'WorkOrd' AND status = 'WorkOrd:B' AND tranid = 'WO2'", [{ tranid: 'WO2', status: 'B' }]],
			["SELECT tranid FROM transaction WHERE status IN ('B', 'WorkOrd:D') AND type = 'WorkOrd' AND tranid = 'WO2'", [{ tranid: 'WO2' }]],
			["SELECT tranid FROM transaction WHERE type = 'WorkOrd' AND status <> 'WorkOrd:B'", []],
			[
				"SELECT itemid FROM item WHERE itemid LIKE '%-100' OR displayname IN ('Gearbox') ORDER BY itemid DESC",
				[{ itemid: 'PUMP-100' }, { itemid: 'GEAR-200' }],
			],
			["SELECT itemid FROM item WHERE isserialitem = 'F' AND NOT (itemid = 'SEAL-30')", [{ itemid: 'VALVE-300' }]],
			["SELECT COUNT(*) AS n FROM transaction WHERE memo IS NULL AND type <> 'SalesOrd'", [{ n: '4' }]],
			[
				"SELECT t.tranid, i.itemid, tl.quantity FROM transaction t INNER JOIN transactionline tl ON tl.transaction = t.id LEFT JOIN item i ON i.id = tl.item WHERE t.type = 'WorkOrd' AND tl.mainline = 'T' AND tl.quantity BETWEEN 2 AND 4",
				[{ tranid: 'WO2', itemid: 'PUMP-100', quantity: '3' }],
			],
			['SELECT DISTINCT type FROM transaction ORDER BY type', [{ type: 'SalesOrd' }, { type: 'WorkOrd' }]],
			["SELECT upper(displayname) FROM item WHERE externalid = 'SEAL-30'", [{ expr1: 'SHAFT SEAL' }]],
		])('%s', async (q, expected) => {
			expect(await rows(q)).toEqual(expected);
		});

		it('tells which serial numbers a transaction moved', async () => {
			await record('POST', 'workOrder/eid:WO1/!transform/workOrderCompletion', {
				externalId: 'event-1',
				completedQuantity: 1,
				inventoryDetail: serials('P-1'),
			});
			const q =
				'SELECT t.externalid, i.itemid, n.inventorynumber, a.quantity FROM transaction t' +
				" JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'T' JOIN item i ON i.id = l.item" +
				' LEFT JOIN inventoryassignment a ON a.transaction = t.id LEFT JOIN inventorynumber n ON n.id = a.inventorynumber' +
				" WHERE t.type = 'WOCompl'";
			expect(await rows(q)).toEqual([{ externalid: 'event-1', itemid: 'PUMP-100', inventorynumber: 'P-1', quantity: '1' }]);
		});

		it('shows a work order in dozens in pieces, as its units say, while the record has dozens', async () => {
			const order = { assemblyItem: { externalId: 'VALVE-300' }, quantity: 2.5, units: { id: '2' }, isWip: false };
			const { id } = await record('POST', 'workOrder', order);
			expect(await get(`workOrder/${id}`)).toMatchObject({ quantity: 2.5, units: { id: '2', refName: 'Dozen' } });
			await record('POST', `workOrder/${id}/!transform/assemblyBuild`, { quantity: 1 });
			const q =
				'SELECT t.type, tl.quantity, BUILTIN.DF(tl.units) AS unit, u.conversionrate FROM transaction t' +
				" JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'T'" +
				' LEFT JOIN unitstypeuom u ON u.internalid = tl.units' +
				` WHERE t.id = ${id} OR tl.createdfrom = ${id} ORDER BY t.id`;
			expect(await rows(q)).toEqual([
				{ type: 'WorkOrd', quantity: '30', unit: 'Dozen', conversionrate: '12' },
				{ type: 'Build', quantity: '12', unit: 'Dozen', conversionrate: '12' },
			]);
			expect(await get(`workOrder/${id}/item`)).toMatchObject({ items: [{ quantity: 30 }] });
		});

		it('keeps a blank at the end of an item name', async () => {
			await record('POST', 'inventoryItem', { itemId: 'BOLT-1 ' });
			expect(await rows("SELECT itemid FROM item WHERE itemid = 'BOLT-1'")).toEqual([]);
			expect(await rows("SELECT itemid FROM item WHERE itemid LIKE 'BOLT-1%'")).toEqual([{ itemid: 'BOLT-1 ' }]);
		});

		it('finds two work orders of one document number', async () => {
			await control('POST', 'orders', { partNumber: 'VALVE-300', quantity: 2, tranId: 'WO2' });
			const q = "SELECT t.tranid, tl.quantity FROM transaction t JOIN transactionline tl ON tl.transaction = t.id WHERE tl.mainline = 'T' AND t.tranid = 'WO2' ORDER BY t.id";
			expect(await rows(q)).toEqual([
				{ tranid: 'WO2', quantity: '3' },
				{ tranid: 'WO2', quantity: '2' },
			]);
		});

		it('cuts at 1000 rows and says that there are more; pages without an order do not fit together', async () => {
			await control('POST', 'orders', { partNumber: 'VALVE-300', count: 1500 });
			const q = "SELECT id FROM transaction WHERE type = 'WorkOrd'";
			const page = async (query: string, parameters: string) => (await suiteql(query, parameters)).body as { items: Json[] };
			const first = await page(`${q} ORDER BY id`, '');
			expect(first).toMatchObject({ count: 1000, hasMore: true, totalResults: 1504 });
			const second = await page(`${q} ORDER BY id`, '?offset=1000');
			expect(second).toMatchObject({ count: 504, hasMore: false });
			expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(1504);
			const loose = [...(await page(q, '')).items, ...(await page(q, '?offset=1000')).items];
			expect(new Set(loose.map(({ id }) => id)).size).toBeLessThan(1504);
		});

		it.each(['?limit=1001', '?offset=100001', '?limit=3&offset=1'])('refuses a page of %s', async (parameters) => {
			expect(await suiteql('SELECT id FROM item ORDER BY id', parameters)).toMatchObject({ status: 400, body: problem('INVALID_PARAMETER') });
		});

		it('pages', async () => {
			const first = await suiteql('SELECT id FROM item ORDER BY id', '?limit=4');
			expect(first.body).toMatchObject({ count: 4, hasMore: true, totalResults: 6 });
			const second = await suiteql('SELECT id FROM item ORDER BY id', '?limit=4&offset=4');
			expect(second.body).toMatchObject({ count: 2, hasMore: false, offset: 4 });
		});

		it.each([
			['SELECT nope FROM item', 'nope'],
			['SELECT id FROM workorder', 'workorder'],
			['SELECT id FROM item WHERE', 'Syntax error'],
			['DELETE FROM item', 'Syntax error'],
			['SELECT id FROM item; SELECT id FROM item', 'Syntax error'],
		])('refuses %s', async (q, detail) => {
			expect(await suiteql(q)).toMatchObject({ status: 400, body: problem('INVALID_PARAMETER', detail) });
		});

		it('wants the header Prefer: transient', async () => {
			expect(await suiteql('SELECT id FROM item', '', {})).toMatchObject({
				status: 400,
				body: problem('INVALID_HEADER'),
			});
		});
	});

	describe('calls that are answered later', () => {
		const later = (key?: string) => ({ prefer: 'respond-async', ...(key ? { 'x-netsuite-idempotency-key': key } : {}) });
		const customer = { entityId: 'CUST-7' };
		const pathOf = (location: string | null) => new URL(location ?? '').pathname;

		it('does the work once for one idempotency key, and names the first job', async () => {
			const first = await record('POST', 'customer', customer, later('key-1'));
			expect(first).toMatchObject({ status: 202, location: expect.stringContaining('/async/v1/job/1') });
			expect(first.headers.get('preference-applied')).toBe('respond-async');
			const second = await record('POST', 'customer', customer, later('key-1'));
			expect(second).toMatchObject({ status: 400, location: first.location, body: { title: 'Conflict', ...problem('IDEMPOTENCY_ERROR') } });
			expect((await get('customer')).totalResults).toBe(2);
			const job = pathOf(first.location);
			expect((await call('GET', job)).body).toMatchObject({ completed: true, progress: 'succeeded' });
			expect((await call('GET', `${job}/task`)).body).toMatchObject({ items: [{ id: '1' }] });
			expect((await call('GET', `${job}/task/1`)).body).toMatchObject({ progress: 'succeeded' });
			expect(await call('GET', `${job}/task/1/result`)).toMatchObject({ status: 204, location: expect.stringContaining('/customer/2') });
		});

		it('ignores the key of a call that is answered at once', async () => {
			const key = { 'x-netsuite-idempotency-key': 'key-2' };
			await record('POST', 'customer', customer, key);
			await record('POST', 'customer', { entityId: 'CUST-8' }, key);
			expect((await get('customer')).totalResults).toBe(3);
		});

		it('keeps a refusal as the result of the job', async () => {
			const { location } = await record('POST', 'customer', { nope: 1 }, later());
			expect((await call('GET', pathOf(location))).body).toMatchObject({ progress: 'failed' });
			expect(await call('GET', `${pathOf(location)}/task/1/result`)).toMatchObject({ status: 400, body: problem('INVALID_CONTENT') });
			expect((await call('GET', '/services/rest/async/v1/job/99')).status).toBe(404);
		});
	});

	describe('logins', () => {
		it.each([
			['none', '', 'NoAuthorizationHeader'],
			['an unknown bearer token', 'Bearer nonsense', 'TokenRejected'],
			['the scheme of token-based authentication', 'OAuth oauth_consumer_key="x"', 'NoAuthorizationHeader'],
		])(
			'refuses %s with INVALID_LOGIN and keeps the reason for the audit trail',
			async (_name, authorization, detail) => {
				expect(await record('GET', 'workOrder', undefined, { authorization })).toMatchObject({
					status: 401,
					body: { title: 'Unauthorized', status: 401, ...problem('INVALID_LOGIN', 'Invalid login attempt.') },
				});
				expect(await control('GET', 'logins')).toEqual({ refused: [expect.objectContaining({ detail })] });
			},
		);

		it('sells OAuth 2.0 tokens: code from the consent page, then refresh', async () => {
			const { clientId, clientSecret } = netsuite.credentials;
			const back = 'http://127.0.0.1:5678/rest/oauth2-credential/callback';
			const consent = new URLSearchParams({
				client_id: clientId,
				redirect_uri: back,
				state: 's',
				response_type: 'code',
			});
			const page = await fetch(`${netsuite.plainUrl}/app/login/oauth2/authorize.nl?${consent}`, { redirect: 'manual' });
			const code = new URL(page.headers.get('location') ?? '').searchParams.get('code') ?? '';
			const buy = async (
				form: Record<string, string>,
			): Promise<{ status: number } & Partial<Record<'access_token' | 'refresh_token' | 'error', string>>> => {
				const response = await fetch(`${netsuite.plainUrl}/services/rest/auth/oauth2/v1/token`, {
					method: 'POST',
					headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
					body: new URLSearchParams(form),
				});
				return {
					status: response.status,
					...((await response.json()) as Record<'access_token' | 'refresh_token', string>),
				};
			};
			const bought = await buy({ grant_type: 'authorization_code', code, redirect_uri: back });
			expect(
				(await record('GET', 'workOrder', undefined, { authorization: `Bearer ${bought.access_token}` })).status,
			).toBe(200);
			expect(await buy({ grant_type: 'authorization_code', code })).toMatchObject({
				status: 400,
				error: 'invalid_grant',
			});
			expect(await buy({ grant_type: 'refresh_token', refresh_token: bought.refresh_token ?? '' })).toMatchObject({
				status: 200,
			});
		});
	});

	describe('the control API', () => {
		it('makes released work orders and records that do not count as changed from outside', async () => {
			const { orders } = await control<{ orders: Json[] }>('POST', 'orders', {
				count: 2,
				partNumber: 'GEAR-200',
				quantity: 3,
			});
			expect(orders).toEqual([expect.objectContaining({ tranId: 'WO5' }), expect.objectContaining({ tranId: 'WO6' })]);
			await control('POST', 'records', { type: 'customer', values: { entityId: 'CUST-9' } });
			await record('PATCH', 'workOrder/2', { memo: 'n8n' });
			const state = await control<{ orders: Json[]; counts: Json }>('GET', 'state');
			expect(state.counts).toMatchObject({ workOrder: 6, customer: 2 });
			expect(state.orders.filter((order) => order.outside)).toEqual([expect.objectContaining({ tranId: 'WO1' })]);
		});

		it('fails calls the way NetSuite does under load', async () => {
			await control('POST', 'faults', { status: 429, count: 1 });
			expect(await record('GET', 'workOrder')).toMatchObject({
				status: 429,
				body: problem('CONCURRENCY_LIMIT_EXCEEDED'),
			});
			expect((await record('GET', 'workOrder')).status).toBe(200);
		});

		it.each([
			['a limit on calls, with a time to wait', { status: 429, retryAfter: 20 }, 429, 'CONCURRENCY_LIMIT_EXCEEDED', '20'],
			['a limit on calls, without one', { status: 429 }, 429, 'CONCURRENCY_LIMIT_EXCEEDED', null],
			['the limit in the words of RESTlets', { code: 'SSS_REQUEST_LIMIT_EXCEEDED' }, 400, 'SSS_REQUEST_LIMIT_EXCEEDED', null],
			['a login that fails though nothing is wrong with it', { code: 'INVALID_LOGIN' }, 401, 'INVALID_LOGIN', null],
			['a server that is away', { status: 503 }, 503, 'UNEXPECTED_ERROR', null],
		])('shows %s for a time that ends by itself', async (_name, fault, status, code, retryAfter) => {
			await control('POST', 'faults', { ...fault, seconds: 1 });
			const refused = await record('GET', 'workOrder');
			expect(refused).toMatchObject({ status, body: problem(code) });
			expect(refused.headers.get('retry-after')).toBe(retryAfter);
			while ((await record('GET', 'workOrder')).status !== 200);
		});

		it('answers so many calls at a time and refuses the others', async () => {
			await control('POST', 'switches', { concurrencyLimit: 2 });
			await control('POST', 'faults', { latencyMs: 300 });
			const answers = await Promise.all([1, 2, 3, 4].map(() => record('GET', 'workOrder')));
			expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429]);
			await control('POST', 'faults', {});
			expect((await record('GET', 'workOrder')).status).toBe(200);
		});

		it('loses the answer of one kind of call only, after the work is done', async () => {
			await control('POST', 'faults', { status: 503, count: 1, path: '!transform/', after: true });
			expect((await record('GET', 'workOrder/eid:WO4')).status).toBe(200);
			const build = { quantity: 1, externalId: 'event-1' };
			expect((await record('POST', 'workOrder/eid:WO4/!transform/assemblyBuild', build)).status).toBe(503);
			expect(await get('workOrder/eid:WO4')).toMatchObject({ built: 1 });
			expect(await record('POST', 'workOrder/eid:WO4/!transform/assemblyBuild', build)).toMatchObject({
				status: 400,
				body: problem('USER_ERROR', 'record already exists'),
			});
		});

		it.each([
			['orders', { partNumber: 'MOTOR-20' }, 'No assembly has the item id "MOTOR-20"'],
			['records', { type: 'customer' }, 'Expected {type, values}'],
			['records', { type: 'nope', values: {} }, "Record type 'nope' does not exist"],
			['switches', { assemblySerials: 1 }, "assemblySerials must be 'required' or 'optional'"],
			['switches', { componentSerials: 'no' }, "componentSerials must be 'inStock' or 'any'"],
			['faults', { count: -1 }, 'count must be an integer'],
			['faults', { path: 1 }, 'path must be a text'],
			['faults', { code: 'NOPE' }, 'code must be one of CONCURRENCY_LIMIT_EXCEEDED'],
			['switches', { concurrencyLimit: -1 }, 'concurrencyLimit must be an integer'],
			['switches', { overage: true }, "overage must be 'refused' or 'allowed'"],
		])('says what is wrong with a bad %s call', async (path, body, message) => {
			await expect(control('POST', path, body)).rejects.toThrow(message);
		});
	});

	it('serves a page that needs nothing from elsewhere', async () => {
		const response = await fetch(netsuite.plainUrl);
		expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(await response.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
	});
});
