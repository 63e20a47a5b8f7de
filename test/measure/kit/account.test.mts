import { attemptsAccount as accountOf, type AttemptRun as StoredRun } from './account.mts';

const run = (id: number, events: string[], attempt = 1, more: Partial<StoredRun> = {}): StoredRun => ({
	id,
	status: 'success',
	key: `pico:flow:node:${events.join('')}:${attempt}`,
	events,
	...more,
});
const made = (...ids: string[]) => new Set(ids);

describe('the account of executions', () => {
	it('is clean when every event is in one run that succeeded', () => {
		const account = accountOf(made('a', 'b', 'c'), [run(1, ['a', 'b']), run(2, ['c'])]);
		expect(account).toMatchObject({
			runs: 2,
			failed: 0,
			lost: 0,
			startedTwice: 0,
			sameKey: 0,
			withoutSuccess: 0,
			furtherAttempts: 0,
		});
	});

	it('counts an event that is in no execution as lost', () => {
		expect(accountOf(made('a', 'b'), [run(1, ['a'])])).toMatchObject({ lost: 1, withoutSuccess: 1 });
	});

	it('does not take a further attempt after a failed run for a second start', () => {
		const runs = [run(1, ['a'], 1, { status: 'error' }), run(2, ['a'], 2)];
		expect(accountOf(made('a'), runs)).toMatchObject({
			startedTwice: 0,
			furtherAttempts: 1,
			failed: 1,
			withoutSuccess: 0,
		});
	});

	it('tells a start after a run that succeeded, and two runs under one attempt', () => {
		expect(accountOf(made('a'), [run(1, ['a']), run(2, ['a'], 2)])).toMatchObject({ startedTwice: 1 });
		const same = [run(1, ['a'], 1, { status: 'error' }), run(2, ['a'])];
		expect(accountOf(made('a'), same)).toMatchObject({ startedTwice: 1, sameKey: 1 });
	});

	it('leaves executions without a key out of the count of starts', () => {
		const left = run(2, ['a'], 1, { key: null, status: 'error' });
		expect(accountOf(made('a'), [run(1, ['a']), left])).toMatchObject({
			startedTwice: 0,
			others: 1,
			runs: 1,
			byStatus: { success: 1, error: 1 },
		});
	});

	it('tells events of which no run succeeded', () => {
		expect(accountOf(made('a'), [run(1, ['a'], 1, { status: 'crashed' })])).toMatchObject({
			lost: 0,
			withoutSuccess: 1,
		});
	});
});
