import { PicoApi } from '../../credentials/PicoApi.credentials.ts';
import { surroundings } from './engine.mts';

/** What a person enters in the Pico credential. */
export interface Access {
	endpoint: string;
	token: string;
	ignoreTlsIssues?: boolean;
}

export const additionalData = (access: Access, extra: Record<string, unknown> = {}) => surroundings(new PicoApi(), access, extra);
