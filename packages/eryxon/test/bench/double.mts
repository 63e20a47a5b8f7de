import { startEryxonDouble } from '../../../sandbox/src/eryxon/server.mts';

/** A double in a process of its own, so that its memory and work are not those of the node. */
const { url, apiKey } = await startEryxonDouble({ port: 0 });
console.log(JSON.stringify({ url, apiKey }));
