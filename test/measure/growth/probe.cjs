'use strict';

// Loaded into n8n with --require: tells on a port of this machine what the process uses, after a garbage collection.
// Only the server itself answers; commands and helpers of n8n that inherit the setting do not.
if (process.env.GROWTH_PROBE_PORT && process.argv.includes('start')) {
	const { createServer } = require('node:http');
	const { setFlagsFromString } = require('node:v8');
	const { runInNewContext } = require('node:vm');

	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc');
	const server = createServer((request, response) => {
		const { user, system } = process.cpuUsage();
		if (request.url === '/memory') for (let times = 0; times < 3; times++) collect();
		const { rss, heapUsed } = process.memoryUsage();
		const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
		response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
		response.end(JSON.stringify({ cpuMs: (user + system) / 1000, rss, heap: heapUsed, sockets }));
	});
	server.on('error', () => undefined);
	server.listen(Number(process.env.GROWTH_PROBE_PORT), '127.0.0.1');
	server.unref();
}
