import { rmSync } from 'node:fs';

import { packPackage } from '../../../../demo/lib/package.mts';
import { findHost } from '../../../../demo/lib/host.mts';
import { preparePlaces, type Places } from '../../bench/lib/places.mts';
import { Collector } from '../../kit/collector.mts';
import { faultProxy, type FaultProxy } from '../../kit/faultProxy.mts';
import { picoCredential } from '../../kit/flows.mts';
import type { Random } from '../../kit/random.mts';
import { startSandboxProcess, type SandboxProcess } from '../../../kit/sandbox.mts';
import { ByteCuts } from './faults.mts';
import { PeerFeed } from './peerFeed.mts';
import { Side } from './side.mts';
import { ourWorkflow, peerWorkflow } from './workflows.mts';

/** Everything that runs: the Pico double behind a proxy, our n8n, the peer's feed, the peer's n8n. */
export interface Stage {
	places: Places;
	sandbox: SandboxProcess;
	proxy: FaultProxy;
	byteCuts: ByteCuts;
	ours: Side;
	peer: Side;
	feed: PeerFeed;
	close(): Promise<void>;
}

/** Builds and packs the sources as they are now; from here on nothing is read from the repository any more. */
export async function setStage(root: string, seed: number, random: Random, say: (text: string) => void): Promise<Stage> {
	const closing: Array<() => unknown> = [];
	const close = async () => {
		for (const step of closing.splice(0).reverse()) await step();
	};
	try {
		say('building and packing the package');
		const places = await preparePlaces(root);
		const { scratch } = places;
		closing.push(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
		const tarball = await packPackage(places.pico, scratch);
		const sandbox = await startSandboxProcess({ seed });
		closing.push(async () => await sandbox.close());
		const byteCuts = new ByteCuts(random);
		const proxy = await faultProxy(sandbox.endpoint, byteCuts.choose);
		closing.push(async () => await proxy.close());
		const feed = await new PeerFeed().open();
		closing.push(async () => await feed.close());
		const [collector, other] = [await new Collector().open(), await new Collector().open()];
		closing.push(async () => await collector.close(), async () => await other.close());
		say('preparing two n8n');
		const common = { host: findHost(root), root, scratch, tarball };
		const credentials = [picoCredential(proxy.endpoint, sandbox.token)];
		// One after the other: each import is a start of n8n, and other work may run on this machine.
		const ours = await Side.prepare({ ...common, name: 'pico', collector, credentials, workflow: ourWorkflow(collector.url) });
		const peer = await Side.prepare({ ...common, name: 'sse', collector: other, credentials: [], workflow: peerWorkflow(other.url, feed.url) });
		closing.push(async () => await Promise.all([ours.stop(), peer.stop()]));
		return { places, sandbox, proxy, byteCuts, ours, peer, feed, close };
	} catch (error) {
		await close();
		throw error;
	}
}
