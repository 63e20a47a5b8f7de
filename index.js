'use strict';

/** The built node and credential classes, for tools that load the package by its name instead of through n8n. */
module.exports = {
	...require('./dist/credentials/PicoApi.credentials.js'),
	...require('./dist/nodes/Pico/Pico.node.js'),
	...require('./dist/nodes/PicoTrigger/PicoTrigger.node.js'),
	...require('./dist/nodes/PicoWebhookTrigger/PicoWebhookTrigger.node.js'),
};
