import type { Experiment } from '../experiment.ts';
import { antagonist } from './antagonist.ts';
import { blackhole } from './blackhole.ts';
import { cache } from './cache.ts';
import { ramp } from './ramp.ts';
import { regions } from './regions.ts';
import { sinkhole } from './sinkhole.ts';

/** Every experiment: to add one, write its file and add it here. */
export const EXPERIMENTS: readonly Experiment[] = [ramp, antagonist, sinkhole, blackhole, cache, regions];
