import { FACTS } from './facts.mts';
import { DOUBLES, reach, startDouble, type Profile, type Server } from './server.mts';

const { ERYXON_URL: url, ERYXON_API_KEY: apiKey } = process.env;

function holdsOn(start: () => Promise<Server>, profile?: Profile): void {
	let eryxon: Server;
	beforeAll(async () => {
		eryxon = await start();
	});
	afterAll(async () => await eryxon.close());

	const facts = FACTS.filter(({ holds }) => !profile || !holds || holds(profile));
	it.each(facts.map((fact) => [fact.name, fact] as const))('%s', async (_name, { holds, check }) => {
		// What a real server is shows only when it has answered.
		if (!holds || holds(eryxon.profile)) await check(eryxon);
	});
}

if (url) {
	describe(`Eryxon at ${url}`, () => holdsOn(async () => await reach(url, apiKey ?? '')));
} else {
	describe.each(DOUBLES)('the double of $profile.name', (double) => holdsOn(async () => await startDouble(double), double.profile));
}
