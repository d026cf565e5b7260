import { GrowingSamples } from '../../../core/stats/growing-samples.ts';
import type { LoadFigures, Timed } from '../load-order.ts';
import { monotonicMs } from './monotonic.ts';
import { cpuTimeOf } from './process-usage.ts';

/** What was counted so far, and what was wrong. */
export class Tally {
  readonly latenciesMs = new GrowingSamples();
  faults = 0;
  firstFault: string | null = null;

  over(latencyMs: number, fault: string | null): void {
    this.latenciesMs.add(latencyMs);
    if (fault !== null) this.fault(fault);
  }

  fault(what: string): void {
    this.faults++;
    this.firstFault ??= what;
  }
}

/** Lets `drive` count until it resolves, and takes the processor time of the proxy meanwhile. */
export const measured = async (pids: Timed['pids'], drive: (tally: Tally) => Promise<void>): Promise<LoadFigures> => {
  const tally = new Tally();
  const before = cpuTimeOf(pids);
  const fromMs = monotonicMs();
  await drive(tally);
  const toMs = monotonicMs();
  const after = cpuTimeOf(pids);
  const { latenciesMs, faults, firstFault } = tally;
  return {
    count: latenciesMs.length,
    seconds: (toMs - fromMs) / 1000,
    latenciesMs: latenciesMs.ascending().slice(),
    faults,
    firstFault,
    cpuMs: after.ranMs - before.ranMs,
    waitedMs: after.waitedMs - before.waitedMs,
    fromMs,
    toMs,
  };
};
