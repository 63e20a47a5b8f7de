import type { PicoClient } from '../../../../nodes/shared/api/client.ts';
import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import type { Frame } from '../../../../nodes/shared/api/stream/types.ts';
import { connection, type ConnectionEnd, type ConnectionOptions } from '../../../../nodes/shared/delivery/connection.ts';
import { FakeStreams } from '../../../kit/fakeStream.mts';

let mockStreams: FakeStreams;
jest.mock('../../../../nodes/shared/api/stream/sse.ts', () => ({ sseFrames: (...args: Parameters<ReturnType<FakeStreams['open']>>) => mockStreams.open('sse')(...args) }));
jest.mock('../../../../nodes/shared/api/stream/ws.ts', () => ({ wsFrames: (...args: Parameters<ReturnType<FakeStreams['open']>>) => mockStreams.open('webSocket')(...args) }));

beforeEach(() => {
	jest.useFakeTimers();
	mockStreams = new FakeStreams();
});
afterEach(() => void jest.useRealTimers());

const client = {} as PicoClient;
const FRAME: Frame = { kind: 'result', data: { x: 1 }, errors: [] };

/** A connection that is under way; by default nothing but an end of the stream ends it. */
function connecting(changes: Partial<ConnectionOptions> = {}) {
	const closing = new AbortController();
	const seen: string[] = [];
	const frames: Frame[] = [];
	const ending = connection(client, {
		transport: 'sse',
		document: 'subscription { x }',
		closing: closing.signal,
		openMs: 30_000,
		silenceMs: 0,
		refreshMs: 1e9,
		quietMs: 5_000,
		onOpen: (serverDate) => seen.push(`open ${serverDate}`),
		onFrame: async (frame) => {
			seen.push('frame');
			frames.push(frame);
			return 'on';
		},
		holds: () => false,
		onPause: async () => seen.push('pause'),
		onQuiet: async () => void seen.push('quiet'),
		...changes,
	});
	let end: ConnectionEnd | undefined;
	void ending.then((value) => (end = value));
	return { closing, seen, frames, ending, stream: mockStreams.last, ended: () => end };
}
const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);

test.each(['sse', 'webSocket'] as const)('opens one stream over %s with the document', async (transport) => {
	const { stream, closing, ending } = connecting({ transport });
	expect(mockStreams.all).toHaveLength(1);
	expect(stream).toMatchObject({ transport, client, subscription: { document: 'subscription { x }' } });
	closing.abort();
	await ending;
});

test('hands on each frame, in order, and says how it ended, how long it was open and how many came', async () => {
	const { stream, frames, seen, ending } = connecting();
	await pass(700);
	stream.open('Mon, 05 Jan 2026 00:00:00 GMT');
	stream.frame(FRAME);
	stream.frame({ ...FRAME, data: { x: 2 } });
	await pass(1_000);
	stream.end();
	expect(await ending).toEqual({ reason: 'ended', failure: undefined, openMs: 1_000, frames: 2, carried: true });
	expect(frames).toEqual([FRAME, { ...FRAME, data: { x: 2 } }]);
	expect(seen).toEqual(['open Mon, 05 Jan 2026 00:00:00 GMT', 'frame', 'frame']);
	expect(jest.getTimerCount()).toBe(0);
	expect(stream.isClosed).toBe(true);
});

test('says when events wait and no other frame is at hand, once after each frame', async () => {
	let holds = false;
	const { stream, seen, ending } = connecting({ holds: () => holds, onFrame: async () => ((holds = true), 'on'), onPause: async () => void (seen.push('pause'), (holds = false)) });
	stream.open();
	await pass(1_000);
	stream.frame(FRAME);
	stream.frame(FRAME);
	await pass(19);
	expect(seen).toEqual(['open undefined']);
	await pass(1);
	expect(seen).toEqual(['open undefined', 'pause']);
	await pass(1_000);
	stream.end();
	await ending;
	expect(seen).toEqual(['open undefined', 'pause']);
});

test('takes the next frame only when the last one is done with', async () => {
	let done = () => {};
	const { stream, ending } = connecting({ onFrame: async () => await new Promise((resolve) => (done = () => resolve('on'))) });
	stream.open();
	stream.frame(FRAME);
	stream.frame(FRAME);
	await pass(60_000);
	expect(stream.taken).toBe(1);
	done();
	await pass(0);
	expect(stream.taken).toBe(2);
	done();
	stream.end();
	await ending;
});

test('a stream that was given up since its reader was too slow is made anew at once', async () => {
	const { stream, ending } = connecting();
	stream.open();
	stream.end('overflow');
	expect(await ending).toMatchObject({ reason: 'refresh', frames: 0, openMs: 1 });
});

test('a frame after which the reader wants another connection ends this one as one to make again', async () => {
	const { stream, ending } = connecting({ onFrame: async () => 'again' });
	stream.open();
	stream.frame(FRAME);
	stream.frame(FRAME);
	expect(await ending).toMatchObject({ reason: 'refresh', frames: 1 });
});

test('a stream that carried nothing but a heartbeat did carry something', async () => {
	const [silent, beating] = [connecting(), connecting()];
	for (const { stream } of [silent, beating]) stream.open();
	beating.stream.activity();
	for (const { stream } of [silent, beating]) stream.end();
	expect([(await silent.ending).carried, (await beating.ending).carried]).toEqual([false, true]);
});

test('a stream that never opened was open for no time', async () => {
	const { stream, ending } = connecting();
	await pass(500);
	stream.fail(new PicoFailure('network', 'connection refused'));
	expect(await ending).toEqual({ reason: 'failed', failure: expect.objectContaining({ kind: 'network', message: 'connection refused' }) as unknown, openMs: 0, frames: 0, carried: false });
});

test('a stream that breaks off says so with how far it came', async () => {
	const { stream, ending } = connecting();
	stream.open();
	stream.frame(FRAME);
	await pass(250);
	stream.fail(new Error('socket hang up'));
	expect(await ending).toEqual({ reason: 'failed', failure: expect.objectContaining({ kind: 'internal', message: 'socket hang up' }) as unknown, openMs: 250, frames: 1, carried: true });
	expect(jest.getTimerCount()).toBe(0);
});

test('what goes wrong with a frame ends the connection as a failure', async () => {
	const { stream, ending } = connecting({ onFrame: async () => await Promise.reject(new Error('no disk')) });
	stream.open();
	stream.frame(FRAME);
	expect(await ending).toMatchObject({ reason: 'failed', failure: { message: 'no disk' }, frames: 1 });
	expect(stream.isClosed).toBe(true);
});

test('a server that accepts no stream within 30 seconds is told so', async () => {
	const { ended, stream } = connecting();
	await pass(29_999);
	expect(ended()).toBeUndefined();
	await pass(1);
	expect(ended()).toMatchObject({
		reason: 'failed',
		failure: { kind: 'timeout', message: 'Pico did not open the stream within 30 s', details: { hint: 'Check the network between n8n and Pico.' } },
		openMs: 0,
	});
	await pass(0);
	expect(stream.isClosed).toBe(true);
});

test('a server that opens at the last moment has opened', async () => {
	const { ended, stream, closing, ending } = connecting();
	await pass(29_999);
	stream.open();
	await pass(60_000);
	expect(ended()).toBeUndefined();
	closing.abort();
	await ending;
});

describe('quiet', () => {
	test('is told once after opening and once after each frame', async () => {
		const { stream, seen, closing, ending } = connecting();
		await pass(2_000);
		stream.open();
		await pass(4_999);
		expect(seen).toEqual(['open undefined']);
		await pass(1);
		expect(seen).toEqual(['open undefined', 'quiet']);
		await pass(60_000);
		expect(seen).toHaveLength(2);
		stream.frame(FRAME);
		await pass(4_999);
		expect(seen.slice(2)).toEqual(['frame']);
		await pass(1);
		expect(seen.slice(2)).toEqual(['frame', 'quiet']);
		closing.abort();
		await ending;
	});

	test('is not while frames keep coming', async () => {
		const { stream, seen, closing, ending } = connecting();
		stream.open();
		for (let frame = 0; frame < 5; frame++) {
			await pass(4_000);
			stream.frame(FRAME);
		}
		await pass(0);
		expect(seen).not.toContain('quiet');
		closing.abort();
		await ending;
	});
});

describe('silence', () => {
	test('ends the connection as dead after its time', async () => {
		const { stream, ended } = connecting({ silenceMs: 90_000 });
		stream.open();
		await pass(89_999);
		expect(ended()).toBeUndefined();
		await pass(1);
		expect(ended()).toMatchObject({ reason: 'silent', failure: undefined, openMs: 90_000, frames: 0 });
		await pass(0);
		expect(stream.isClosed).toBe(true);
	});

	test('is over with each sign of life', async () => {
		const { stream, ended } = connecting({ silenceMs: 90_000 });
		stream.open();
		await pass(80_000);
		stream.frame(FRAME);
		await pass(80_000);
		stream.activity();
		await pass(89_999);
		expect(ended()).toBeUndefined();
		await pass(1);
		expect(ended()).toMatchObject({ reason: 'silent' });
	});

	test('is noticed after three missed heartbeats once their pace is known', async () => {
		const { stream, ended } = connecting({ silenceMs: 90_000 });
		stream.open();
		for (let beat = 0; beat < 3; beat++) {
			await pass(15_000);
			stream.activity();
		}
		await pass(44_999);
		expect(ended()).toBeUndefined();
		await pass(1);
		expect(ended()).toMatchObject({ reason: 'silent', openMs: 90_000 });
	});

	test('a frame is no heartbeat', async () => {
		const { stream, ended } = connecting({ silenceMs: 90_000 });
		stream.open();
		for (let event = 0; event < 6; event++) {
			await pass(15_000);
			stream.frame(FRAME);
		}
		await pass(89_000);
		expect(ended()).toBeUndefined();
		await pass(1_000);
		expect(ended()).toMatchObject({ reason: 'silent' });
	});

	test('does not count while a workflow runs', async () => {
		let done = () => {};
		const { stream, ended } = connecting({ silenceMs: 90_000, onFrame: async () => await new Promise((resolve) => (done = () => resolve('on'))) });
		stream.open();
		stream.frame(FRAME);
		await pass(600_000);
		done();
		await pass(89_999);
		expect(ended()).toBeUndefined();
		await pass(1);
		expect(ended()).toMatchObject({ reason: 'silent' });
	});
});

describe('refreshing', () => {
	test('ends a connection that delivered something after its time', async () => {
		const { stream, ended } = connecting({ refreshMs: 150_000 });
		stream.open();
		stream.frame(FRAME);
		await pass(149_999);
		expect(ended()).toBeUndefined();
		await pass(1);
		expect(ended()).toMatchObject({ reason: 'refresh', openMs: 150_000, frames: 1 });
	});

	test('leaves one alone that delivered nothing', async () => {
		const { stream, ended, closing, ending } = connecting({ refreshMs: 150_000 });
		stream.open();
		await pass(10 * 3_600_000);
		expect(ended()).toBeUndefined();
		closing.abort();
		expect(await ending).toMatchObject({ reason: 'closed', openMs: 36_000_000 });
	});

	test('happens also while frames keep coming', async () => {
		const { stream, ended } = connecting({ refreshMs: 10_000 });
		stream.open();
		for (let frame = 0; frame < 9; frame++) {
			stream.frame(FRAME);
			await pass(1_000);
		}
		stream.frame(FRAME);
		await pass(999);
		stream.frame(FRAME);
		expect(ended()).toBeUndefined();
		await pass(1);
		expect(ended()).toMatchObject({ reason: 'refresh', openMs: 10_000 });
	});

	test('comes right after a workflow that ran past its time', async () => {
		const { stream, ended } = connecting({ refreshMs: 10_000, onFrame: async () => await new Promise((resolve) => void setTimeout(() => resolve('on'), 10_000)) });
		stream.open();
		stream.frame(FRAME);
		stream.frame(FRAME);
		await pass(10_000);
		expect(ended()).toMatchObject({ reason: 'refresh', frames: 1 });
	});
});

describe('closing', () => {
	test('ends it at once, while it waits for data', async () => {
		const { stream, closing, ended } = connecting();
		stream.open();
		await pass(1_000);
		closing.abort();
		await pass(0);
		expect(ended()).toMatchObject({ reason: 'closed', failure: undefined, openMs: 1_000 });
		expect([stream.isClosed, jest.getTimerCount()]).toEqual([true, 0]);
	});

	test('ends it at once, while it waits to open', async () => {
		const { closing, ended } = connecting();
		await pass(1_000);
		closing.abort();
		await pass(0);
		expect(ended()).toMatchObject({ reason: 'closed', openMs: 0 });
	});

	test('takes no further frame', async () => {
		const parts = connecting({
			onFrame: async () => {
				parts.closing.abort();
				return await Promise.resolve('on');
			},
		});
		parts.stream.open();
		parts.stream.frame(FRAME);
		parts.stream.frame(FRAME);
		expect(await parts.ending).toMatchObject({ reason: 'closed', frames: 1 });
		expect(parts.stream.taken).toBe(1);
	});

	test('tells no failure for what it broke itself', async () => {
		const { stream, closing, ending } = connecting();
		stream.open();
		closing.abort();
		expect(await ending).toMatchObject({ reason: 'closed' });
		expect(stream.subscription.signal.aborted).toBe(true);
	});

	test('before it began lets nothing begin', async () => {
		const closing = new AbortController();
		closing.abort();
		const { stream } = connecting({ closing: closing.signal });
		expect(stream.subscription.signal.aborted).toBe(true);
	});

	test('leaves nothing behind at the signal of a trigger that runs for years', async () => {
		const { signal } = new AbortController();
		const added = jest.spyOn(signal, 'addEventListener');
		const removed = jest.spyOn(signal, 'removeEventListener');
		const { stream, ending } = connecting({ closing: signal });
		stream.open();
		stream.end();
		await ending;
		expect(added).toHaveBeenCalledTimes(1);
		expect(added.mock.calls[0][2]).toEqual({ once: true });
		expect(removed.mock.calls).toEqual([added.mock.calls[0].slice(0, 2)]);
	});
});
