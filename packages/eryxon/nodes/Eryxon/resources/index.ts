import type { Execute } from '../helpers/run';
import * as cell from './cell';
import * as customCall from './customCall';
import * as erpSync from './erpSync';
import * as issue from './issue';
import * as job from './job';
import * as operation from './operation';
import * as part from './part';
import * as quantity from './quantity';
import * as resource from './resource';
import * as timeEntry from './timeEntry';

/** Resource → operation → what it does. */
export const resources: Record<string, Record<string, Execute>> = {
	cell: cell.operations,
	customCall: customCall.operations,
	erpSync: erpSync.operations,
	issue: issue.operations,
	job: job.operations,
	operation: operation.operations,
	part: part.operations,
	quantity: quantity.operations,
	resource: resource.operations,
	timeEntry: timeEntry.operations,
};

export const description = [
	...cell.description,
	...customCall.description,
	...erpSync.description,
	...issue.description,
	...job.description,
	...operation.description,
	...part.description,
	...quantity.description,
	...resource.description,
	...timeEntry.description,
];
