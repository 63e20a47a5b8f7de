import type { Named } from '../lib/commandLine.mts';
import type { Measure } from './context.mts';
import { events } from './events.mts';
import { executions } from './executions.mts';
import { finish } from './finish.mts';
import { idle } from './idle.mts';
import { list } from './list.mts';
import { memory } from './memory.mts';
import { parser } from './parser.mts';
import { path } from './path.mts';
import { replay } from './replay.mts';
import { save } from './save.mts';
import { start } from './start.mts';
import { state } from './state.mts';
import { weight } from './weight.mts';

/** All measurements, in the order in which they run and are shown. */
export const MEASURES: ReadonlyArray<Named & { measure: Measure }> = [
	{ numbers: ['P1'], name: 'events', measure: events },
	{ numbers: ['P2'], name: 'parser', measure: parser },
	{ numbers: ['P3'], name: 'replay', measure: replay },
	{ numbers: ['P4'], name: 'path', measure: path },
	{ numbers: ['P5'], name: 'start', measure: start },
	{ numbers: ['P6'], name: 'executions', measure: executions },
	{ numbers: ['P7'], name: 'finish', measure: finish },
	{ numbers: ['P8'], name: 'memory', measure: memory },
	{ numbers: ['P9'], name: 'idle', measure: idle },
	{ numbers: ['P10', 'P11'], name: 'state', measure: state },
	{ numbers: ['P12'], name: 'weight', measure: weight },
	{ numbers: ['P13'], name: 'list', measure: list },
	{ numbers: [], name: 'save', measure: save },
];
