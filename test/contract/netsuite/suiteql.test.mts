import { detailOf } from './connection.mts';
import { onEachNetsuite } from './each-netsuite.mts';

const mainLine = 'FROM transaction t JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = \'T\' JOIN item i ON i.id = tl.item';

onEachNetsuite(({ fact }) => {
	fact('a released work order is found by its status, with item and quantity on its main line, all as texts', async ({ workshop, netsuite }) => {
		const order = await workshop.order(3);
		const { tranId } = await workshop.read('workOrder', order);
		const q = `SELECT t.id, t.tranid, i.itemid, tl.quantity, BUILTIN.DF(t.status) AS state ${mainLine} WHERE t.type = 'WorkOrd' AND t.status IN ('WorkOrd:B', 'B') AND t.id = ${order}`;
		expect(await netsuite.rows(q)).toEqual([
			{ id: order, tranid: tranId, itemid: expect.stringContaining(workshop.run), quantity: '3', state: 'Work Order : Released' },
		]);
	});

	fact('N8 two work orders may have one document number, and both are found by it', async ({ workshop, netsuite }) => {
		const tranId = workshop.name('WO');
		const orders = [await workshop.order(3, { tranId }), await workshop.order(2, { tranId })];
		const found = await netsuite.rows(`SELECT t.id FROM transaction t WHERE t.type = 'WorkOrd' AND t.tranid = '${tranId}' ORDER BY t.id`);
		expect(found.map(({ id }) => id)).toEqual(orders);
	});

	fact('what was made from a work order names it on its main line, with external id and memo', async ({ workshop, netsuite }) => {
		const order = await workshop.order(1);
		const externalId = workshop.name('EVENT');
		expect((await workshop.transform(order, 'assemblyBuild', { quantity: 1, externalId, memo: 'Pico unit 1' })).status).toBe(204);
		const q = `SELECT t.type, t.externalid, t.memo FROM transaction t JOIN transactionline tl ON tl.transaction = t.id WHERE tl.mainline = 'T' AND tl.createdfrom = ${order} AND t.type IN ('WOIssue', 'WOCompl', 'Build')`;
		expect(await netsuite.rows(q)).toEqual([{ type: 'Build', externalid: externalId, memo: 'Pico unit 1' }]);
	});

	fact('a date of the last change is compared with TO_DATE', async ({ workshop, netsuite }) => {
		const order = await workshop.order(1);
		const changed = (since: string) => netsuite.rows(`SELECT t.id FROM transaction t WHERE t.id = ${order} AND t.lastmodifieddate >= TO_DATE('${since}', 'YYYY-MM-DD')`);
		expect([(await changed('2020-01-01')).length, (await changed('2099-01-01')).length]).toEqual([1, 0]);
	});

	fact('an empty value is left out of its row', async ({ workshop, netsuite }) => {
		const { id, name } = await workshop.component();
		expect(await netsuite.rows(`SELECT itemid, description FROM item WHERE id = ${id}`)).toEqual([{ itemid: name }]);
	});

	fact('N10 a page says how many rows there are and whether more follow', async ({ workshop, netsuite }) => {
		const ids = [(await workshop.component()).id, (await workshop.component()).id, (await workshop.component()).id];
		const q = `SELECT id FROM item WHERE id IN (${ids.join(', ')}) ORDER BY id`;
		const pages = [await netsuite.suiteql(q, '?limit=2'), await netsuite.suiteql(q, '?limit=2&offset=2')];
		expect(pages.map(({ body: { count, hasMore, totalResults, offset } }) => ({ count, hasMore, totalResults, offset }))).toEqual([
			{ count: 2, hasMore: true, totalResults: 3, offset: 0 },
			{ count: 1, hasMore: false, totalResults: 3, offset: 2 },
		]);
	});

	for (const [what, page] of [
		['more than 1000 rows on a page', '?limit=1001'],
		['an offset that is no whole number of pages', '?limit=3&offset=1'],
	]) {
		fact(`N10 ${what} is refused`, async ({ netsuite }) => {
			expect((await netsuite.suiteql('SELECT id FROM item ORDER BY id', page)).status).toBe(400);
		});
	}

	fact('a query without the header Prefer: transient is refused', async ({ netsuite }) => {
		const { status, body } = await netsuite.suiteql('SELECT id FROM item', '?limit=1', {});
		expect([status, detailOf(body)]).toEqual([400, expect.stringMatching(/prefer/i)]);
	});

	fact('an unknown column is refused by name', async ({ netsuite }) => {
		const { status, body } = await netsuite.suiteql('SELECT no_such_column FROM item', '?limit=1');
		expect([status, detailOf(body)]).toEqual([400, expect.stringMatching(/no_such_column/i)]);
	});
});
