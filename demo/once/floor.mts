import { control } from '../lib/doubles.mts';
import { unitCount, type Erp, type Journey } from './journey.mts';

interface PicoState {
	orders: Array<{
		externalOrderId: string;
		orderIndex: number;
		state: string;
		parentOrderId: string | null;
	}>;
}

/** The units of an order in Pico; the child orders of the waterfall do not count. */
export async function unitsInPico(url: string, { name }: Journey): Promise<PicoState['orders']> {
	const { orders } = await control<PicoState>(url, 'GET', 'state');
	return orders.filter((order) => order.externalOrderId === name && order.parentOrderId === null);
}

/** Parts with serial numbers that the ERPs' bills of material name for one unit. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = { 'PUMP-100': ['MOTOR-20', 'HOUSING-10'], 'GEAR-200': ['HOUSING-10'] };

/** The shop floor builds everything, each unit with its own serial number and those of its parts. */
export async function completeAll(url: string, erps: readonly Erp[], journeys: readonly Journey[]): Promise<string> {
	for (const journey of journeys) {
		const erp = erps.find(({ name }) => name === journey.erp);
		for (const [orderIndex, producedSerial] of journey.serials.entries()) {
			const unit = { externalOrderId: journey.name, partNumber: journey.partNumber, orderIndex };
			const consumedSerials = (BUILT_IN[journey.partNumber] ?? []).map((externalId) => ({ externalId, value: `${externalId}-${producedSerial}` }));
			for (const { externalId, value } of consumedSerials) await erp?.receive(externalId, value);
			await control(url, 'POST', 'orders/start', unit);
			await control(url, 'POST', 'orders/complete', { ...unit, producedSerial, consumedSerials });
			journey.parts.push(...consumedSerials.map(({ value }) => value));
		}
		journey.completed = Date.now() - journey.madeAt;
	}
	return `${unitCount(journeys)} units`;
}
