import type { Components, Posting } from '../../kit/books.mts';
import { unitKey } from '../../kit/books.mts';
import { componentsOf, type PicoCompletion } from '../../kit/completions.mts';
import type { Company, OdooOrder } from './company.mts';

/**
 * What Odoo has booked, unit by unit. The note names the unit; its serial number and its parts count only if the order
 * really has them. What is on an order beyond its units becomes a posting of its own, which no book of Pico knows.
 */
export async function postingsOf(company: Company, completions: readonly PicoCompletion[]): Promise<Posting[]> {
	const { orders, messages } = await company.state();
	return orders.flatMap((order) => {
		const notes = messages.filter(({ recordId, subject }) => recordId === order.id && UNIT.test(subject));
		const noted = notes.map(({ subject }) => {
			const [, unit, orderId] = UNIT.exec(subject) ?? [];
			return { orderId, index: Number(unit) - 1 };
		});
		const indices = noted.map(({ index }) => index);
		const units = noted.map(({ orderId, index }) => completions.find((unit) => unit.orderId === orderId && unit.orderIndex === index));
		const rest = order.consumed.filter(({ serial }) => serial !== '');
		const postings = indices.map((index, n): Posting => {
			const components = take(rest, componentsOf(units[n] ?? { consumedSerials: [] }));
			return { key: unitKey(noted[n].orderId, index), serial: serialOf(order, units[n]), components };
		});
		return [...postings, ...surplus(order, indices.length, rest.length)];
	});
}

const UNIT = /^Pico unit (\d+) of (.+)$/;

/** The unit's serial number if the order has it; not compared where Odoo does not keep it for each unit. */
function serialOf({ serials }: OdooOrder, unit: PicoCompletion | undefined): string | undefined {
	if (serials.length === 0 || !unit?.producedSerial) return undefined;
	return serials.includes(unit.producedSerial) ? unit.producedSerial : serials.join(', ');
}

/** Takes the parts of one unit out of the lines of its order. */
function take(lines: OdooOrder['consumed'], wanted: Components): Components {
	const taken: Components = {};
	for (const [partNumber, serials] of Object.entries(wanted)) {
		for (const serial of serials) {
			const index = lines.findIndex((line) => line.partNumber === partNumber && line.serial === serial);
			if (index >= 0) (taken[partNumber] ??= []).push(lines.splice(index, 1)[0].serial);
		}
	}
	return taken;
}

function surplus(order: OdooOrder, units: number, lines: number): Posting[] {
	const counted = order.state === 'done' ? order.produced : order.producing;
	const extra: string[] = [];
	if (units > 0 && counted !== units) extra.push(`${order.name} counts ${counted} for ${units} units`);
	if (lines > 0) extra.push(`${order.name} has ${lines} lines of no unit`);
	return extra.map((key) => ({ key }));
}
