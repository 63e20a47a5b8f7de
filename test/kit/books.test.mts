import { booksTable, compareBooks, unitKey, type Completion, type Posting } from '../n8n/kit/books.mts';

const unit = (index: number, more: Partial<Completion> = {}): Completion => ({
	key: unitKey('MO-1', index),
	orderId: 'MO-1',
	serial: `S-${index}`,
	components: { MOTOR: [`M-${index}`], SEAL: ['LOT-1'] },
	...more,
});
const booked = ({ key, serial, components }: Completion, more: Partial<Posting> = {}): Posting => ({ key, serial, components, ...more });
const one = unit(0);

describe('comparing the books', () => {
	it('finds nothing wrong where each unit is booked once', () => {
		const units = [unit(0), unit(1)];
		const books = compareBooks({ completions: units, postings: units.map((each) => booked(each)) });
		expect(books.wrong).toEqual([]);
		expect(books.count).toMatchObject({ posted: 2, parked: 0, missing: 0 });
	});

	it.each<[string, Posting[], string]>([
		['missing', [], 'not in the ERP'],
		['twice', [booked(one), booked(one)], '2 times in the ERP'],
		['wrong serial', [booked(one, { serial: 'S-9' })], 'S-0 in Pico, S-9 in the ERP'],
		['wrong serial', [booked(one, { serial: null })], 'S-0 in Pico, null in the ERP'],
		['wrong components', [booked(one, { components: { MOTOR: ['M-0'] } })], 'SEAL: LOT-1 in Pico, MOTOR: M-0 in the ERP'],
	])('says %s', (verdict, postings, difference) => {
		const { wrong } = compareBooks({ completions: [one], postings });
		expect(wrong).toMatchObject([{ key: 'MO-1 unit 1', verdict }]);
		expect(wrong[0].difference).toContain(difference);
	});

	it('says unknown for what the ERP has and Pico has not', () => {
		expect(compareBooks({ completions: [], postings: [booked(one)] }).wrong).toMatchObject([{ verdict: 'unknown' }]);
	});

	it('counts a parked unit as parked until the ERP has it', () => {
		expect(compareBooks({ completions: [one], postings: [], parked: [one.key] })).toMatchObject({ wrong: [], count: { parked: 1 } });
		const posted = compareBooks({ completions: [one], postings: [booked(one)], parked: [one.key] });
		expect(posted.count).toMatchObject({ posted: 1, parked: 0 });
	});

	it('does not mind the order of components, nor what the ERP does not keep for each unit', () => {
		const swapped = { SEAL: ['LOT-1'], MOTOR: ['M-0'] };
		expect(compareBooks({ completions: [one], postings: [booked(one, { components: swapped })] }).wrong).toEqual([]);
		expect(compareBooks({ completions: [one], postings: [{ key: one.key }] }).wrong).toEqual([]);
	});

	it('takes the later one of two completions of a unit, a correction', () => {
		const corrected = unit(0, { serial: 'S-NEW' });
		expect(compareBooks({ completions: [one, corrected], postings: [booked(corrected)] })).toMatchObject({ wrong: [], count: { posted: 1 } });
	});

	it('prints how many of each, and what is not simply posted', () => {
		const text = booksTable('Odoo', compareBooks({ completions: [one, unit(1)], postings: [booked(one)] }));
		expect(text).toContain('MO-1 unit 2  missing  not in the ERP');
		expect(text).toMatch(/posted\s+1\n/);
	});
});
