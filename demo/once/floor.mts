import { control } from '../lib/doubles.mts';
import { unitCount, type Journey } from './journey.mts';

interface PicoState {
	orders: Array<{
		externalOrderId: string;
		orderIndex: number;
		state: string;
		parentOrderId: string | null;
		expectedSerials: Array<{ id: string; externalId: string | null }>;
	}>;
}

/** The units of an order in Pico; the child orders of the waterfall do not count. */
export async function unitsInPico(url: string, { name }: Journey): Promise<PicoState['orders']> {
	const { orders } = await control<PicoState>(url, 'GET', 'state');
	return orders.filter((order) => order.externalOrderId === name && order.parentOrderId === null);
}

/** The shop floor builds everything, each unit with its own serial number and those of its components. */
export async function completeAll(url: string, journeys: readonly Journey[]): Promise<string> {
	for (const journey of journeys) {
		const [{ expectedSerials }] = await unitsInPico(url, journey);
		for (const [orderIndex, producedSerial] of journey.serials.entries()) {
			const unit = { externalOrderId: journey.name, partNumber: journey.partNumber, orderIndex };
			await control(url, 'POST', 'orders/start', unit);
			const consumedSerials = expectedSerials.map(({ id, externalId }) => ({
				id,
				externalId,
				value: `${externalId ?? 'LOT'}-${producedSerial}`,
			}));
			await control(url, 'POST', 'orders/complete', { ...unit, producedSerial, consumedSerials });
		}
		journey.completed = Date.now() - journey.madeAt;
	}
	return `${unitCount(journeys)} units`;
}
