import type { Execute } from '../helpers/run';
import * as cell from './cell';
import * as customCall from './customCall';
import * as erpSync from './erpSync';
import * as job from './job';
import * as operation from './operation';
import * as part from './part';
import * as resource from './resource';

/** Resource → operation → what it does. */
export const resources: Record<string, Record<string, Execute>> = {
	cell: cell.operations,
	customCall: customCall.operations,
	erpSync: erpSync.operations,
	job: job.operations,
	operation: operation.operations,
	part: part.operations,
	resource: resource.operations,
};

export const description = [
	...cell.description,
	...customCall.description,
	...erpSync.description,
	...job.description,
	...operation.description,
	...part.description,
	...resource.description,
];
