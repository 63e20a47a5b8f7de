import { FACTS } from './facts.mts';
import { DOUBLES, Server, startDouble, type Profile } from './server.mts';
import { REAL_ERYXON, type RealEryxon } from './system.mts';

const named = process.env[REAL_ERYXON];
const real = named === undefined ? undefined : (JSON.parse(named) as RealEryxon);

/** The double in every version; or the server that `npm run test:real -- eryxon` names. */
const servers: ReadonlyArray<{ profile: Profile; start: () => Promise<Server> }> = real
	? [{ profile: real.profile, start: async () => new Server(real.url, real.apiKey, real.profile) }]
	: DOUBLES.map((double) => ({ profile: double.profile, start: async () => await startDouble(double) }));

describe.each(servers)('Eryxon $profile.name', ({ profile, start }) => {
	let eryxon: Server;
	beforeAll(async () => {
		eryxon = await start();
	});
	afterAll(async () => await eryxon.close());

	for (const { name, holds, check } of FACTS) {
		if (!holds || holds(profile)) it(name, async () => await check(eryxon));
		else if (real) it.skip(name, () => undefined);
	}
});
