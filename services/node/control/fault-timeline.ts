import type { Clock, Ms } from '../../../core/time/clock.ts';
import { eachCycle } from '../../../core/time/each-cycle.ts';
import { type Fault, lastsMs } from './fault.ts';
import type { NodeFault } from './fault-order.ts';
import type { Faults } from './faults.ts';

/** A fault that a node has by itself, in run time; `durationMs` is 0 for what is over at once, and for a drain. */
export interface PlannedNodeFault {
  readonly atMs: Ms;
  readonly durationMs: Ms;
  readonly fault: NodeFault;
}

/**
 * Begins planned faults when they are due, each cycle anew where the run repeats. Call it when the run begins, or goes on in a
 * new process: then what is under way lasts as long as it would have, a drain holds, and what was over at once is not
 * repeated, so that a node which crashed does not crash again.
 */
export const playFaults = (options: {
  readonly clock: Clock;
  readonly faults: Pick<Faults, 'begin'>;
  readonly planned: readonly PlannedNodeFault[];
  readonly drain: () => void;
  /** After how long the run repeats itself; null where it does not. */
  readonly cycleMs?: Ms | null;
}): void => {
  const { clock, faults, planned, drain, cycleMs = null } = options;
  const begin = (fault: Fault, durationMs: Ms): void => faults.begin(fault, lastsMs(fault, durationMs));
  eachCycle(clock, cycleMs, (baseMs, nowMs) => {
    for (const { atMs, durationMs, fault } of planned) {
      const fromMs = baseMs + atMs;
      const leftMs = fromMs + durationMs - nowMs;
      if (fault.kind === 'drain') clock.at(Math.max(fromMs, nowMs), drain);
      else if (fromMs >= nowMs) clock.at(fromMs, () => begin(fault, durationMs));
      else if (leftMs > 0) begin(fault, leftMs);
    }
  });
};
