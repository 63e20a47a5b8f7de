'use strict';

/** The built node and credential classes, for tools that load the package by its name instead of through n8n. */
module.exports = {
	...require('./dist/credentials/EryxonApi.credentials.js'),
	...require('./dist/nodes/Eryxon/Eryxon.node.js'),
	...require('./dist/nodes/EryxonTrigger/EryxonTrigger.node.js'),
};
