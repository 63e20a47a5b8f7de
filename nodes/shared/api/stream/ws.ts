import { authFailure, graphqlFailure, statusFailure } from '../classify';
import type { PicoClient } from '../client';
import { PicoFailure } from '../failure';
import { FrameReader, readErrors } from '../result';
import { upgradeStatus } from '../transport';
import { createClient, type Client } from '../../vendor/graphqlWs';
import { Handover } from './handover';
import { socketFor, type Misfit } from './socket';
import type { Frame, StreamEnd, Subscription } from './types';

/** Pings the server at this pace; the answers are signs of life for the silence watchdog. */
const PING_MS = 10_000;
const ACKNOWLEDGE_WITHIN_MS = 15_000;
/**
 * A WebSocket of Node.js cannot be paused. When so many characters wait for a slow workflow the subscription is given up;
 * the caller makes it again from its position once they are worked off, so memory stays bounded all the same. Counted by
 * size: hundreds of small messages may arrive in one piece.
 */
const MOST_QUEUED = 8 * 1024 * 1024;

/** Close codes of the graphql-transport-ws protocol after which a repeat cannot help. */
const REFUSED_TOKEN = new Set([4401, 4403]);
const REFUSED_PROTOCOL = new Set([4400, 4406]);

/**
 * Subscribes over WebSocket (`graphql-transport-ws`) and yields each frame. The token goes along as upgrade header and
 * in the `connection_init` payload, since Pico documents neither. Ends and throws like `sseFrames`.
 */
export async function* wsFrames(client: PicoClient, subscription: Subscription): AsyncGenerator<Frame, StreamEnd> {
	const { document, variables, signal, onOpen, onActivity } = subscription;
	if (signal.aborted) return 'ended';
	await client.renew();
	await assertUsable(client);
	const reader = new FrameReader(client.withoutToken);
	const results = new Handover<{ result: unknown; length: number }>();
	let arrived = 0;
	let queued = 0;
	let failure: PicoFailure | undefined;
	let opened = false;
	let overflow = false;
	const end = (reason?: PicoFailure) => {
		failure ??= reason;
		results.close();
	};

	const active = () => onActivity?.();
	const onMessage = { misfit: (misfit: Misfit) => end(MISFITS[misfit]), length: (length: number) => (arrived = length) };
	const socket = connect(client, onMessage, {
		opened: () => (opened = true),
		connected: () => onOpen?.({}),
		message: active,
		pong: active,
	});
	socket.subscribe(
		{ query: document, variables },
		{
			next: (result) => {
				if (overflow) return;
				results.push({ result, length: arrived });
				queued += arrived;
				overflow = queued >= MOST_QUEUED && results.length > 1;
				if (overflow) end();
			},
			error: (reason) => end(toFailure(reason, client)),
			complete: () => end(),
		},
	);
	const abort = () => end();
	signal.addEventListener('abort', abort, { once: true });
	if (signal.aborted) abort();

	try {
		for (let next = await results.take(); next !== undefined && !signal.aborted; next = await results.take()) {
			queued -= next.length;
			yield reader.value(next.result);
		}
		if (failure && !signal.aborted) throw (opened ? undefined : await refusedUpgrade(client, signal)) ?? failure;
		return overflow ? 'overflow' : 'ended';
	} finally {
		signal.removeEventListener('abort', abort);
		results.close();
		socket.terminate();
		void socket.dispose();
	}
}

function connect(
	client: PicoClient,
	onMessage: { misfit: (misfit: Misfit) => void; length: (length: number) => void },
	on: { opened: () => void; connected: () => void; message: () => void; pong: () => void },
): Client {
	const headers = { 'x-pico-api-org': client.token };
	return createClient({
		url: client.endpoint.replace(/^http/i, 'ws'),
		webSocketImpl: socketFor(headers, onMessage.misfit, onMessage.length),
		connectionParams: { ...headers, headers },
		retryAttempts: 0,
		keepAlive: PING_MS,
		connectionAckWaitTimeout: ACKNOWLEDGE_WITHIN_MS,
		on,
	});
}

const USE_SSE = "Choose 'Server-Sent Events' as 'Connection'.";

const MISFITS: Record<Misfit, PicoFailure> = {
	olderProtocol: new PicoFailure('graphql', "Pico speaks the older WebSocket protocol here (subscriptions-transport-ws: it sent a 'ka' message)", { hint: USE_SSE }),
	binary: new PicoFailure('notGraphql', 'Pico sent a binary message over the WebSocket that is not JSON', { hint: USE_SSE }),
	tooLarge: new PicoFailure('tooLarge', 'Pico sent a WebSocket message of more than 64 MB', {
		hint: 'The connection was closed, so that n8n does not run out of memory.',
	}),
};

/** Why a server did not upgrade the connection, as far as it says so to a request of the same form. */
async function refusedUpgrade(client: PicoClient, signal: AbortSignal): Promise<PicoFailure | undefined> {
	const { endpoint } = client;
	const answer = await upgradeStatus(client.context, endpoint, signal);
	if (answer === undefined || typeof answer !== 'number') return answer;
	if ([401, 403, 408, 429].includes(answer) || answer >= 500) return statusFailure(answer, endpoint);
	return new PicoFailure('path', `${endpoint} does not accept WebSockets (HTTP ${answer})`, {
		status: answer,
		hint: `${USE_SSE} Or check the path of 'Endpoint' in the credential (/graph/v2 or /graphql), and any proxy in between.`,
	});
}

/** Missing before n8n 2.33; up to 2.36 it gives nothing where no egress rules are set. */
interface EgressHelpers {
	getSecureEgressFilter?(): { validateUrl(url: string): Promise<{ ok: boolean }> } | undefined;
}

/** What the helper of n8n does for HTTP has to be seen to here: egress rules, and no silent change of TLS checks. */
async function assertUsable(client: PicoClient): Promise<void> {
	if (client.ignoreTlsIssues) {
		throw new PicoFailure('input', "'Ignore TLS Issues' does not work over WebSocket", {
			hint: "Choose 'Server-Sent Events' as 'Connection', or add the plant's certificate authority to n8n (NODE_EXTRA_CA_CERTS).",
		});
	}
	const allowed = await (client.context.helpers as EgressHelpers).getSecureEgressFilter?.()?.validateUrl(client.endpoint);
	if (allowed && !allowed.ok) {
		throw new PicoFailure('input', `The rules of this n8n do not allow connections to ${client.endpoint}`, {
			hint: 'Ask the administrator of n8n to allow this address.',
		});
	}
}

function toFailure(reason: unknown, client: PicoClient): PicoFailure {
	if (Array.isArray(reason)) return graphqlFailure(readErrors(reason, client.withoutToken), undefined);
	const { code, reason: closeReason, message } = (reason ?? {}) as { code?: unknown; reason?: unknown; message?: unknown };
	const text = [closeReason, message].find((candidate) => typeof candidate === 'string' && candidate !== '');
	const said = text === undefined ? '' : `: ${client.withoutToken(String(text)).slice(0, 300)}`;
	if (typeof code === 'number' && REFUSED_TOKEN.has(code)) return authFailure(undefined, `close code ${code}${said}`);
	if (typeof code === 'number' && REFUSED_PROTOCOL.has(code)) {
		return new PicoFailure('graphql', `Pico refused the WebSocket (close code ${code}${said})`, {
			hint: USE_SSE,
		});
	}
	return new PicoFailure('cutOff', `The WebSocket to Pico was cut off${typeof code === 'number' ? ` (close code ${code})` : ''}${said}`, {
		hint: "If it never opens, a proxy may block WebSockets: choose 'Server-Sent Events' as 'Connection'.",
	});
}
