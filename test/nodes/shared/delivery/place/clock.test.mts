import { PlantClock } from '../../../../../nodes/shared/delivery/place/clock.ts';
import { DAY } from '../../../../kit/fakeN8n.mts';

beforeEach(() => void jest.useFakeTimers({ now: DAY }));
afterEach(() => void jest.useRealTimers());

test('is the clock of n8n until the server tells its own', () => {
	const clock = new PlantClock();
	expect(clock.ms).toBe(DAY);
	jest.setSystemTime(DAY + 3_600_000);
	expect(clock.ms).toBe(DAY + 3_600_000);
});

test('runs on from what the server told last, whatever happens to the clock of n8n', () => {
	const clock = new PlantClock();
	clock.set(DAY - 60_000);
	jest.advanceTimersByTime(5_000);
	expect(clock.ms).toBe(DAY - 55_000);
	jest.setSystemTime(DAY - 3_600_000);
	jest.advanceTimersByTime(1_000);
	expect(clock.ms).toBe(DAY - 54_000);
	clock.set(DAY);
	expect(clock.ms).toBe(DAY);
});
