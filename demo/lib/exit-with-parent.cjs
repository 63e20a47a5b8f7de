'use strict';

// Loaded into n8n with --require: when the process that started it is gone, however it ended, n8n stops as well.
if (process.channel) {
	process.once('disconnect', () => {
		if (!process.exitCode) process.kill(process.pid, 'SIGTERM');
		setTimeout(() => process.kill(process.pid, 'SIGKILL'), 10_000).unref();
	});
	process.channel.unref();
}
