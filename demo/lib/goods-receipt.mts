import type { Sandbox } from '../../packages/sandbox/src/pico/sandbox.mts';
import { parts } from '../../packages/sandbox/src/web/catalogue.mts';
import { control } from './doubles.mts';

/**
 * NetSuite books a part only under a serial number that it has in stock. In a plant the numbers come with the parts; here
 * nobody receives any, so each number is received when the floor builds it into a unit of a NetSuite order. Numbers that a
 * person makes up work like proposed ones.
 */
export function receiveWhatIsBuiltIn(sandbox: Sandbox, netsuiteUrl: string): void {
	const received = new Set<string>();
	sandbox.onChange(() => {
		for (const { externalOrderId, consumedSerials } of sandbox.orders.all) {
			if (!/^WO\d+$/.test(externalOrderId)) continue;
			for (const { externalId, value } of consumedSerials) {
				const key = JSON.stringify([externalId, value]);
				if (received.has(key) || !parts.some(({ partNumber, tracking }) => partNumber === externalId && tracking !== 'none')) continue;
				received.add(key);
				const values = { inventoryNumber: value, item: { externalId } };
				control(netsuiteUrl, 'POST', 'records', { type: 'inventoryNumber', values }).catch((error: unknown) => {
					console.error(`NetSuite did not receive ${externalId} ${value}: ${String(error)}`);
				});
			}
		}
	});
}
