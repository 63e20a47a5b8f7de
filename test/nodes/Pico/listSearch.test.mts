import { LoadOptionsContext } from 'n8n-core';
import { Workflow, type IDataObject, type ILoadOptionsFunctions, type INode } from 'n8n-workflow';

import { Pico } from '../../../nodes/Pico/Pico.node.ts';
import { additionalData } from '../../kit/picoAccess.mts';
import { byId, byPart, SERVERS, usePico } from '../../kit/usePico.mts';

const pico = usePico();
const { listSearch, loadOptions } = new Pico().methods;

/** The context in which the editor asks for the entries of a dropdown. */
function editor(parameters: IDataObject = {}, credential = pico.credential): ILoadOptionsFunctions {
	const type = new Pico();
	const node: INode = {
		id: 'pico-node',
		name: 'Pico MES',
		type: 'n8n-nodes-pico-mes.pico',
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		credentials: { picoApi: { id: '1', name: 'Pico' } },
	};
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) },
	});
	return new LoadOptionsContext(workflow, node, additionalData(credential, { currentNodeParameters: parameters }), '');
}

describe('the operation picker', () => {
	it('lists operations in use, by part number', async () => {
		const { results, paginationToken } = await listSearch.searchOperations.call(editor());
		expect(paginationToken).toBeUndefined();
		const names = results.map(({ name }) => name);
		expect(names).toContain('PUMP-100 rev B, Coolant Pump 230 V, 230 V');
		expect(names.some((name) => name.startsWith('PUMP-090'))).toBe(false);
		expect(names.indexOf('MOTOR-110 rev C, Motor Assembly')).toBeLessThan(names.indexOf('PUMP-100 rev B, Coolant Pump 230 V, 230 V'));
	});

	it('searches in all words of part number, revision and name', async () => {
		const { results } = await listSearch.searchOperations.call(editor(), 'filling B');
		expect(results.map(({ name }) => name)).toEqual(['VALVE-200 rev B, Filling Valve']);
		expect((await listSearch.searchOperations.call(editor(), String(results[0].value))).results).toEqual(results);
	});

	it('hands out long lists in pages', async () => {
		await pico.post('operations/bulk', { count: 450 });
		const found: string[] = [];
		let token: string | undefined;
		do {
			const page = await listSearch.searchOperations.call(editor(), 'bulk', token);
			expect(page.results.length).toBeLessThanOrEqual(200);
			found.push(...page.results.map(({ value }) => String(value)));
			token = page.paginationToken as string | undefined;
		} while (token);
		expect(new Set(found).size).toBe(450);
	});

	it('shows in words why it cannot list', async () => {
		await expect(listSearch.searchOperations.call(editor({}, { ...pico.credential, token: 'wrong-token' }))).rejects.toThrow(
			'Pico refused the token',
		);
	});

	it.each(SERVERS)('works on a $profile server with introspection $introspection', async (server) => {
		await pico.reset(server);
		expect((await listSearch.searchOperations.call(editor(), 'pump-101')).results).toHaveLength(1);
		const children = await loadOptions.getChildOperations.call(editor(byPart('MOTOR-110')));
		expect(children).toHaveLength(3);
	});
});

describe('the choice of optional children', () => {
	it('lists everything below the picked operation, picked by part number or ID', async () => {
		const children = await loadOptions.getChildOperations.call(editor(byPart('PUMP-100')));
		expect(children.map(({ name }) => name)).toContain('PROC-060, Engrave customer plate');
		const [{ value }] = (await listSearch.searchOperations.call(editor(), 'pump-100')).results;
		expect(await loadOptions.getChildOperations.call(editor(byId(String(value))))).toEqual(children);
	});

	it.each([
		['nothing is picked', byPart('')],
		['the part number is ambiguous', byPart('VALVE-200')],
		['the operation is unknown', byId('op-nowhere')],
	])('is empty while %s', async (_name, parameters) => {
		expect(await loadOptions.getChildOperations.call(editor(parameters))).toEqual([]);
	});
});
