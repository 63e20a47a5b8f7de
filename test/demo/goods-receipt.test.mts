import { receiveWhatIsBuiltIn } from '../../demo/lib/goods-receipt.mts';
import { control } from '../../demo/lib/doubles.mts';
import { until } from '../../demo/lib/poll.mts';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';
import { startSandbox, type RunningSandbox } from '../../packages/sandbox/src/pico/server.mts';
import { floorProducts } from '../../packages/sandbox/src/web/catalogue.mts';

describe('the goods receipt of the demo', () => {
	let pico: RunningSandbox;
	let netsuite: NetsuiteDouble;

	beforeEach(async () => {
		pico = await startSandbox({ products: floorProducts });
		netsuite = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
		receiveWhatIsBuiltIn(pico.sandbox, netsuite.plainUrl);
	});
	afterEach(async () => {
		await pico?.close();
		await netsuite?.close();
	});

	const numbers = async () =>
		(await control<{ numbers: Array<{ partNumber: string; name: string }> }>(netsuite.plainUrl, 'GET', 'state')).numbers
			.map(({ partNumber, name }) => `${partNumber} ${name}`)
			.sort();
	const build = async (externalOrderId: string, partNumber: string, consumedSerials: Array<{ externalId: string; value: string }>) => {
		await control(pico.url, 'POST', 'orders/save', { externalOrderId, partNumber });
		await control(pico.url, 'POST', 'orders/complete', { externalOrderId, producedSerial: 'SN-1', consumedSerials });
	};

	it('gives NetSuite the numbers of parts that a person entered, once, and those of other orders or parts not', async () => {
		const typed = [
			{ externalId: 'MOTOR-20', value: 'my motor' },
			{ externalId: 'HOUSING-10', value: 'my housing' },
			{ externalId: 'SEAL-30', value: 'has no numbers' },
		];
		await build('WH/MO/00001', 'PUMP-100', [{ externalId: 'MOTOR-20', value: 'of Odoo' }]);
		await build('WO1', 'PUMP-100', typed);
		await control(pico.url, 'POST', 'orders/complete', { externalOrderId: 'WO1', consumedSerials: typed });
		await build('WO2', 'GEAR-200', [{ externalId: 'HOUSING-10', value: 'another' }]);
		await until('the last number', async () => (await numbers()).includes('HOUSING-10 another'));
		expect(await numbers()).toEqual(['HOUSING-10 another', 'HOUSING-10 my housing', 'MOTOR-20 my motor']);
	});
});
