import type { Objectives } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../request-info.ts';

/** The service level objectives of a scenario: those of a class in place of the usual ones. */
export interface ServiceObjectives extends Objectives {
  readonly byClass?: Readonly<Record<string, Objectives>>;
}

/** Those of a scenario that says nothing of them. */
export const USUAL_OBJECTIVES: ServiceObjectives = { ttftMs: 1000, tpotMs: 50 };

/** Those of the class of a request. */
export const objectivesFor = (objectives: ServiceObjectives, { class: name }: RequestInfo): Objectives =>
  name !== '' && objectives.byClass !== undefined && Object.hasOwn(objectives.byClass, name)
    ? objectives.byClass[name]!
    : objectives;

/**
 * The chance that a latency with this expectation keeps to its bound: a logistic distribution around the expectation, with `spread` times
 * the bound for its standard deviation.
 */
export const chanceWithin = (boundMs: Ms, expectedMs: Ms, spread: number): number =>
  1 / (1 + Math.exp((expectedMs - boundMs) / (LOGISTIC_SCALE * spread * boundMs)));

/** The scale of a logistic distribution of standard deviation 1. */
const LOGISTIC_SCALE = Math.sqrt(3) / Math.PI;
