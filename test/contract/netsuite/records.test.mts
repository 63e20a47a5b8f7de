import { detailOf, idOf } from './connection.mts';
import { onEachNetsuite } from './each-netsuite.mts';

onEachNetsuite(({ fact }) => {
	fact('a record is created with 204 and its address, read by it, and changed only where asked', async ({ workshop, netsuite }) => {
		const name = workshop.name('BOLT');
		const made = await workshop.post('inventoryItem', { itemId: name, displayName: 'Bolt' });
		expect(made.status).toBe(204);
		expect(made.headers.get('location')).toMatch(/\/services\/rest\/record\/v1\/inventoryItem\/\d+$/i);
		const id = idOf(made);
		expect((await netsuite.record('PATCH', `inventoryItem/${id}`, { description: 'M8' })).status).toBe(204);
		expect(await workshop.read('inventoryItem', id)).toMatchObject({ id, itemId: name, displayName: 'Bolt', description: 'M8' });
	});

	fact('N11 PUT by external id makes a record once and changes it from then on', async ({ workshop, netsuite }) => {
		const externalId = workshop.name('EXT');
		const itemId = workshop.name('BOLT');
		const first = await netsuite.record('PUT', `inventoryItem/eid:${externalId}`, workshop.complete('inventoryItem', { itemId }));
		const second = await netsuite.record('PUT', `inventoryItem/eid:${externalId}`, { displayName: 'Bolt' });
		workshop.keep('inventoryItem', idOf(first));
		expect([first.status, second.status, idOf(second)]).toEqual([204, 204, idOf(first)]);
		expect(await workshop.read('inventoryItem', `eid:${externalId}`)).toMatchObject({ itemId, displayName: 'Bolt', externalId });
	});

	fact('N11 an external id names one record of a type: a second one is refused', async ({ workshop }) => {
		const externalId = workshop.name('EXT');
		await workshop.create('inventoryItem', { itemId: workshop.name('BOLT'), externalId });
		const { status, body } = await workshop.post('inventoryItem', { itemId: workshop.name('BOLT'), externalId });
		expect([status, detailOf(body)]).toEqual([400, expect.stringMatching(/already exists/i)]);
	});

	fact('N11 with respond-async an idempotency key does the work once and names the first job', async ({ workshop, netsuite }) => {
		const headers = { prefer: 'respond-async', 'x-netsuite-idempotency-key': workshop.name('KEY') };
		const itemId = workshop.name('BOLT');
		const first = await workshop.post('inventoryItem', { itemId }, headers);
		const second = await workshop.post('inventoryItem', { itemId }, headers);
		expect([first.status, second.status, detailOf(second.body)]).toEqual([202, 400, expect.stringContaining('IDEMPOTENCY_ERROR')]);
		const job = first.headers.get('location') ?? '';
		expect(new URL(second.headers.get('location') ?? '', netsuite.access.url).pathname).toBe(new URL(job, netsuite.access.url).pathname);
		const path = new URL(job, netsuite.access.url).pathname;
		while ((await netsuite.call('GET', path)).body.completed !== true);
		const made = await netsuite.rows(`SELECT id FROM item WHERE itemid = '${itemId}'`);
		for (const { id } of made) workshop.keep('inventoryItem', String(id));
		expect(made).toHaveLength(1);
	});

	fact('N9 an item name keeps the blank at its end', async ({ workshop }) => {
		const name = `${workshop.name('BOLT')} `;
		const id = await workshop.create('inventoryItem', { itemId: name });
		expect((await workshop.read('inventoryItem', id)).itemId).toBe(name);
	});

	fact('a field that the record does not have is refused by name', async ({ workshop, netsuite }) => {
		const { id } = await workshop.component();
		const { status, body } = await netsuite.record('PATCH', `inventoryItem/${id}`, { noSuchField: 'x' });
		expect([status, detailOf(body)]).toEqual([400, expect.stringContaining('noSuchField')]);
	});

	fact('an id that is not there is 404, with the code NONEXISTENT_ID', async ({ netsuite }) => {
		const { status, body } = await netsuite.record('GET', 'workOrder/999999999');
		expect([status, detailOf(body)]).toEqual([404, expect.stringContaining('NONEXISTENT_ID')]);
	});
});
