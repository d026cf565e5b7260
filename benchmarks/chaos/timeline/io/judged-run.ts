import { readScenario } from '../../../../scenario/io/scenario-file.ts';
import type { JudgedFault } from '../chaos-page.ts';
import { brokenClaims, lateBy } from '../fault-claims.ts';
import { faultCost } from '../fault-cost.ts';
import { type FaultWindow, faultWindows } from '../fault-window.ts';
import { hostRun, type TimelineHost } from './host-run.ts';

/** Runs a scenario with a timeline of faults on a host, and judges each fault by the log. */
export const judgedTimeline = async (
  host: TimelineHost,
  options: { readonly file: string; readonly policy: string; readonly out: string },
): Promise<readonly JudgedFault[]> => {
  const { faults, durationS, drainS } = readScenario(options.file);
  const windows = faultWindows(faults?.timeline ?? [], (durationS + drainS) * 1000);
  return judgedRun(host, windows, options);
};

/** The same for windows that are known from elsewhere; `onStart` causes them. */
export const judgedRun = async (
  host: TimelineHost,
  windows: readonly FaultWindow[] | (() => readonly FaultWindow[]),
  options: Parameters<typeof hostRun>[1],
): Promise<readonly JudgedFault[]> => {
  const limits = readScenario(options.file).router;
  const { events } = await hostRun(host, options);
  const lateMs = lateBy(events);
  return (typeof windows === 'function' ? windows() : windows).map((window) => {
    const cost = faultCost(events, window, limits);
    return { host, window, cost, broken: brokenClaims(cost, { lateMs, maxAttempts: limits.maxAttempts }) };
  });
};
