import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionArgs } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { TOKEN_HEADER, describe, tokenMatches } from './http/graphqlEndpoint.mts';
import { isGraphqlPath } from './http/router.mts';
import { insertRaw } from './plant/odd.mts';
import type { Sandbox } from './sandbox.mts';

type Enveloped = ReturnType<Sandbox['engine']['yoga']['getEnveloped']>;

const pathOf = (request: IncomingMessage) => (request.url ?? '/').split('?')[0];
const isOpen = (socket: WebSocket) => socket.readyState === socket.OPEN;

const gone = (socket: WebSocket) =>
	new Promise<void>((resolve) => {
		if (isOpen(socket)) socket.once('close', () => resolve());
		else resolve();
	});

/** Serves the graphql-transport-ws protocol on the GraphQL paths; the token comes by header or in the init payload. */
export function serveWebSocket(server: Server, sandbox: Sandbox, token: string): { close(): void } {
	const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => handleProtocols(offered) });
	const sent = new WeakMap<WebSocket, number>();

	server.on('upgrade', (request, socket, head) => {
		socket.on('error', () => socket.destroy());
		const refusal = !isGraphqlPath(sandbox, pathOf(request))
			? '404 Not Found'
			: sandbox.spend('burst503')
				? '503 Service Unavailable'
				: undefined;
		if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
		sockets.handleUpgrade(request, socket, head, (client) => {
			const send = client.send.bind(client) as (data: unknown, ...rest: unknown[]) => void;
			const withRaw = (data: unknown) => (typeof data === 'string' ? insertRaw(data, sandbox.plant.rawRows) : data);
			Object.assign(client, { send: (data: unknown, ...rest: unknown[]) => send(withRaw(data), ...rest) });
			sockets.emit('connection', client, request);
			keepAlive(client, sandbox);
		});
	});

	useServer<Record<string, unknown>>(
		{
			onConnect: ({ connectionParams, extra }) => isAllowed(sandbox, token, extra.request, connectionParams),
			onSubscribe: async ({ extra }, _id, params) => {
				const call = sandbox.calls.add({
					path: pathOf(extra.request),
					...describe(params),
					status: 200,
					userAgent: extra.request.headers['user-agent'] ?? '',
					tokenOk: true,
				});
				if (sandbox.switches.latencyMs > 0) await pause(sandbox.switches.latencyMs);
				const enveloped = sandbox.engine.yoga.getEnveloped({ connection: connectionOf(extra), sse: {}, sent: [] });
				const args = {
					schema: enveloped.schema,
					operationName: params.operationName,
					document: enveloped.parse(params.query),
					variableValues: params.variables,
					contextValue: await enveloped.contextFactory(),
					rootValue: enveloped,
				};
				const errors = enveloped.validate(args.schema, args.document);
				if (errors.length === 0) return args;
				call.status = 400;
				return errors;
			},
			execute: (args: ExecutionArgs) => (args.rootValue as Enveloped).execute(args),
			subscribe: (args: ExecutionArgs) => (args.rootValue as Enveloped).subscribe(args),
			onNext: async ({ extra: { socket, request } }, _id, params) => {
				const count = (sent.get(socket) ?? 0) + 1;
				sent.set(socket, count);
				const { cutAfterEvents, truncateAfterEvents, stallAfterEvents } = sandbox.switches;
				if (stallAfterEvents > 0 && count > stallAfterEvents) await gone(socket);
				if (params.query.includes('operationOrderSave') && sandbox.spend('commitThenTimeout')) await gone(socket);
				const last = cutAfterEvents || truncateAfterEvents;
				// The frame is written after this hook; only then may the connection go.
				if (last > 0 && count === last) setImmediate(() => request.socket.destroySoon());
				if (last > 0 && count > last) await gone(socket);
			},
		},
		sockets,
		0,
	);
	return {
		close() {
			for (const client of sockets.clients) client.terminate();
			sockets.close();
		},
	};
}

function connectionOf({ socket, request }: Extra) {
	return { transport: 'websocket' as const, path: pathOf(request), close: () => socket.terminate() };
}

function isAllowed(
	sandbox: Sandbox,
	token: string,
	request: IncomingMessage,
	payload: Readonly<Record<string, unknown>> | undefined,
): boolean {
	const nested = payload?.headers;
	const inner: unknown = typeof nested === 'object' && nested !== null ? Reflect.get(nested, TOKEN_HEADER) : undefined;
	const byHeader = tokenMatches(request.headers[TOKEN_HEADER], token);
	const byPayload = tokenMatches(payload?.[TOKEN_HEADER], token) || tokenMatches(inner, token);
	const { wsAuth } = sandbox.switches;
	if (wsAuth === 'header') return byHeader;
	return wsAuth === 'payload' ? byPayload : byHeader || byPayload;
}

/** Pings of the WebSocket protocol at the interval of the SSE keepalive; none once the connection plays dead. */
function keepAlive(socket: WebSocket, sandbox: Sandbox): void {
	const { sseKeepalive, sseKeepaliveMs, stallAfterEvents } = sandbox.switches;
	if (sseKeepalive === 'none' || sseKeepaliveMs === 0 || stallAfterEvents > 0) return;
	const timer = setInterval(() => isOpen(socket) && socket.ping(), sseKeepaliveMs);
	socket.once('close', () => clearInterval(timer));
}
