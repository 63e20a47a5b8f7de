import type { IDataObject } from 'n8n-workflow';

import type { EryxonEvent } from '../shared/core/webhook/envelope';
import { TEST_EVENT } from '../shared/core/webhook/events';
import type { TriggerSettings } from './settings';

/** @param replayed whether Eryxon could not deliver it, so that it was fetched later */
export function itemOf(event: EryxonEvent, replayed: boolean): IDataObject {
	return { ...event, replayed } as unknown as IDataObject;
}

export function wanted({ events, externalSource }: TriggerSettings, event: EryxonEvent): boolean {
	if (event.event !== TEST_EVENT && !events.includes(event.event)) return false;
	return externalSource === '' || event.externalSource === null || event.externalSource === externalSource;
}
