import { hasRunEnded } from '../../../../demo/lib/n8n-session.mts';
import { until } from '../../../../demo/lib/poll.mts';
import type { Hit } from '../../kit/collector.mts';
import { TRIGGER } from '../../kit/flows.mts';
import { N8nPlant } from '../../kit/n8nPlant.mts';
import { FULL, scenario, size } from '../../kit/scenario.mts';

const FINISHED = 'faultsFinished00';
const SUCCEEDED = 'faultsSucceeded0';
const STARTED = 'faultsStarted000';
const SWITCHED = 'faultsSwitched00';
const TESTED = 'faultsTested0000';
const ATTEMPTS = 3;

let plant: N8nPlant;

beforeAll(async () => {
	plant = await N8nPlant.create([
		{ id: FINISHED, trigger: { deliverNext: 'afterFinish', options: { eventsPerRun: size(5, 3) } } },
		{ id: SUCCEEDED, trigger: { deliverNext: 'afterSuccess', options: { eventsPerRun: size(100, 20), attempts: ATTEMPTS } } },
		{ id: STARTED, trigger: { deliverNext: 'immediately', options: { eventsPerRun: size(10, 3) } } },
		{ id: SWITCHED },
		{ id: TESTED },
	]);
	await plant.n8n.start();
}, 600_000);
afterAll(async () => await plant?.close(), 60_000);

const LONG = { timeoutMs: size(2_400_000, 300_000) };

scenario(
	'R10',
	'the workflow fails for 30 % of its runs, in the three ways to move on',
	async (random) => {
		const events = size(10_000, 60);
		const { collector } = plant;
		await plant.reset();
		await plant.complete(events);
		const calls: Record<string, Hit[][]> = { [FINISHED]: [], [SUCCEEDED]: [], [STARTED]: [] };
		const failures: Record<string, number> = { [FINISHED]: 0, [SUCCEEDED]: 0, [STARTED]: 0 };
		const ids = Object.keys(calls);
		const done = new Set<string>();
		let givenUp = 0;
		collector.refuses = (run, path) => {
			const fails = random.chance(0.3);
			const id = path.slice(1);
			if (fails) failures[id]++;
			calls[id].push(run);
			if (id === SUCCEEDED && (!fails || run[0].attempt === ATTEMPTS)) {
				if (fails) givenUp++;
				for (const { eventId } of run) done.add(eventId);
			}
			return fails;
		};
		for (const id of ids) await plant.activate(id);
		const started = (id: string) => new Set(calls[id].flat().map(({ eventId }) => eventId));
		await until(
			'all events in the three workflows',
			() => started(FINISHED).size >= events && started(STARTED).size >= events && done.size >= events,
			{ timeoutMs: size(1_500_000, 240_000), everyMs: 50 },
		).catch(() => undefined);
		for (const id of ids) await plant.deactivate(id);
		const lost = events * 3 - started(FINISHED).size - started(STARTED).size - done.size;
		// One start for each event; with attempts, one start for each attempt, and none after one that went well.
		const starts = (id: string) => calls[id].flat().map(({ eventId, attempt }) => `${eventId} ${attempt}`);
		const again = (id: string) => starts(id).length - new Set(starts(id)).size;
		const attempts = (id: string) => starts(id).length - started(id).size;
		const repeated = calls[SUCCEEDED].filter((run) => run[0].attempt > ATTEMPTS).length;
		const duplicated = again(FINISHED) + again(STARTED) + again(SUCCEEDED) + attempts(FINISHED) + attempts(STARTED) + repeated;
		// Where every attempt failed, the trigger leaves a failed execution of its own with the events.
		const left = await plant.runs(SUCCEEDED);
		expect(left.filter(({ hasKey }) => !hasKey).length).toBeGreaterThanOrEqual(givenUp);
		const injected = failures[FINISHED] + failures[SUCCEEDED] + failures[STARTED];
		return { events: events * 3, injected, lost, duplicated, note: `${givenUp} batches given up after ${ATTEMPTS} attempts, visibly` };
	},
	LONG,
);

scenario(
	'R12',
	'a real n8n activates and deactivates the workflow again and again',
	async () => {
		const cycles = size(500, 8);
		const { collector, n8n } = plant;
		await plant.reset();
		const session = await n8n.session();
		const closing: number[] = [];
		let events = 0;
		let filesBefore: number | undefined;
		for (let cycle = 0; cycle < cycles; cycle++) {
			// The first cycles load code and fill pools: what is open after them is the baseline.
			if (cycle === Math.min(20, cycles / 2)) filesBefore = n8n.usage()?.files;
			await plant.activate(SWITCHED);
			if (cycle % 4 === 0) {
				await plant.complete(1);
				await plant.untilOrders(++events);
			}
			const from = Date.now();
			await session.deactivate(SWITCHED);
			await plant.untilStreams(0);
			closing.push(Date.now() - from);
			if (cycle % 4 === 1) {
				// Nobody listens: a start now would be a ghost's. It comes with the next activation.
				await plant.complete(1);
				events++;
			}
		}
		const ghosts = collector.hits.length;
		const expected = collector.orders.size;
		await plant.activate(SWITCHED);
		await plant.untilOrders(events);
		await plant.deactivate(SWITCHED);
		const filesAfter = await until('files to be closed', () => {
			const open = n8n.usage()?.files;
			return open === undefined || filesBefore === undefined || open <= filesBefore + 3 ? (open ?? 0) : undefined;
		}).catch(() => n8n.usage()?.files ?? 0);
		expect({ ghosts, filesAfter: filesBefore === undefined || filesAfter <= filesBefore + 3 ? 'as before' : filesAfter }).toEqual({
			ghosts: expected,
			filesAfter: 'as before',
		});
		closing.sort((a, b) => a - b);
		const p99 = closing[Math.floor(closing.length * 0.99)];
		if (FULL) expect(p99).toBeLessThan(2_000);
		const duplicated = collector.hits.length - collector.orders.size;
		const note = `deactivation p99 ${p99} ms, at most ${closing[closing.length - 1]} ms; open files ${filesBefore} before, ${filesAfter} after`;
		return { events, injected: cycles, lost: events - collector.orders.size, duplicated, note };
	},
	LONG,
);

scenario(
	'R13',
	'test runs in the editor while the workflow is active',
	async () => {
		const tests = size(100, 3);
		const { collector, n8n } = plant;
		// A test run looks back over the last month.
		await plant.reset(Date.now() - 60_000);
		await plant.complete(5);
		await plant.activate(TESTED);
		await plant.untilOrders(5);
		await plant.settledRuns(TESTED, 5);
		const session = await n8n.session();
		const before = await n8n.staticData(TESTED);
		expect(before).toContain('cursor');
		for (let test = 0; test < tests; test++) {
			const { executionId } = await session.runManually(TESTED, TRIGGER);
			const run = await until(
				'the test run to end',
				async () => (await session.runs(TESTED)).find((each) => each.id === String(executionId) && hasRunEnded(each)),
				{ timeoutMs: 60_000, everyMs: 20 },
			);
			expect(run).toMatchObject({ status: 'success', mode: 'manual' });
		}
		expect(await n8n.staticData(TESTED)).toBe(before);
		// Five by the active workflow, then exactly one item for each test run: the newest event.
		const [newest] = collector.hits.slice(4);
		expect(collector.hits.slice(5).map(({ eventId }) => eventId)).toEqual(Array.from({ length: tests }, () => newest.eventId));
		await plant.complete(1);
		await plant.untilOrders(6);
		await plant.deactivate(TESTED);
		const active = (await plant.settledRuns(TESTED, 6)).filter(({ hasKey }) => hasKey).map(({ id }) => id);
		const byTrigger = collector.hits.filter(({ run }) => active.includes(run));
		const started = new Set(byTrigger.map(({ orderId }) => orderId));
		return { events: 6, injected: tests, lost: 6 - started.size, duplicated: byTrigger.length - started.size, note: 'stored position the same byte for byte' };
	},
	LONG,
);
