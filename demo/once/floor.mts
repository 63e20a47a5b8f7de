import { control } from '../lib/doubles.mts';
import { counted } from '../lib/words.mts';
import { unitCount, type Journey } from './journey.mts';

/** A unit as the page of the shop floor sees it. */
interface Unit {
	id: string;
	externalOrderId: string;
	orderIndex: number;
	parentOrderId: string | null;
	/** The parts whose serial numbers the floor asks for. */
	expectedSerials: Array<{ id: string; externalId: string }>;
	withoutSerial: boolean;
}

/** The units of an order in Pico; the child orders of the waterfall do not count. */
export async function unitsInPico(url: string, { name }: Journey): Promise<Unit[]> {
	const { orders } = await control<{ orders: Unit[] }>(url, 'GET', 'state');
	return orders.filter((order) => order.externalOrderId === name && order.parentOrderId === null);
}

/** The shop floor builds everything and enters what its page asks for: the serial numbers of unit and parts. */
export async function completeAll(url: string, journeys: readonly Journey[]): Promise<string> {
	for (const journey of journeys) {
		for (const unit of await unitsInPico(url, journey)) {
			const own = `SN-${journey.erp[0]}${journey.name.replace(/\D+/g, '')}-${unit.orderIndex + 1}`;
			const consumedSerials = unit.expectedSerials.map(({ id, externalId }) => ({ id, externalId, value: `${externalId}-${own}` }));
			const producedSerial = unit.withoutSerial ? null : own;
			await control(url, 'POST', 'orders/start', { id: unit.id });
			await control(url, 'POST', 'orders/complete', { id: unit.id, producedSerial, consumedSerials });
			if (producedSerial) journey.serials.push(producedSerial);
			journey.parts.push(...consumedSerials.map(({ value }) => value));
		}
		journey.completed = Date.now() - journey.madeAt;
	}
	return counted(unitCount(journeys), 'unit');
}
