import type { IDataObject } from 'n8n-workflow';

import { usePico } from '../../kit/usePico.mts';

const pico = usePico();
const getAll = async (parameters: IDataObject = {}) =>
	await pico.run('note', 'getAll', { from: '2026-01-01T00:00:00Z', returnAll: true, options: { idleTimeout: 0.3 }, ...parameters });

describe('Note: Get Many', () => {
	it('gives notes and their updates, oldest first, each with an event ID', async () => {
		const { id } = await pico.post('notes/add', { text: 'Seal had a scratch' });
		await pico.post('notes/add', { text: 'Second note' });
		await pico.post('notes/update', { id, text: 'Seal replaced' });
		const run = await getAll();
		expect(run.error).toBeUndefined();
		expect(run.json.map((row) => row.text)).toEqual(['Seal had a scratch', 'Second note', 'Seal replaced']);
		expect(new Set(run.json.map((row) => row.eventId)).size).toBe(3);
		const mine = await getAll({ filters: { noteId: id } });
		expect(mine.json.map((row) => row.text)).toEqual(['Seal had a scratch', 'Seal replaced']);
	});

	it('gives no items where there are no notes', async () => {
		const run = await getAll();
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([]);
	});

	it.each(['on', 'off'])('says that an old Pico has no notes, introspection %s', async (introspection) => {
		await pico.reset({ profile: 'legacy', introspection });
		const run = await getAll();
		expect(run.error?.message).toBe("This Pico does not offer 'Note Created or Updated' (noteEventsStream) [Item 0]");
		expect(run.error?.description).toContain('Older Pico versions');
	});
});
