import type { System } from '../system.mts';
import { profileOf, type Profile } from './server.mts';

/** Environment variable with the server that the facts run on. */
export const REAL_ERYXON = 'REAL_ERYXON';

export interface RealEryxon {
	url: string;
	apiKey: string;
	profile: Profile;
}

export const system: System = {
	options: {
		url: 'address of the API, with or without /functions/v1',
		'api-key': 'API key of a workshop for tests: what is deleted keeps its numbers there',
	},
	needs: ['url', 'api-key'],

	async prepare({ url, 'api-key': apiKey }) {
		const profile = await profileOf(url, apiKey);
		const real: RealEryxon = { url, apiKey, profile };
		return {
			env: { [REAL_ERYXON]: JSON.stringify(real) },
			plan: [
				`Eryxon ${profile.generation === 'strict' ? '0.10 or newer' : '0.2 to 0.9'} at ${url}${profile.syncHash ? '' : ', where cells, operations and resources cannot be synced'}${profile.boots ? '' : ', with functions that do not start'}.`,
				'It makes jobs, parts, operations, cells, resources and quantities whose names begin with CT, about 60, and needs about 250 calls.',
				'At the end it deletes them. Eryxon keeps deleted jobs, parts, operations and resources, hidden, with their numbers.',
			],
		};
	},
};
