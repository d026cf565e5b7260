import type { Event, RunEvent } from '../../../core/event/event.ts';
import type { RunCharts } from '../../../report/charts/charts-schema.ts';
import { runCharts } from '../../../report/charts/run-charts.ts';
import type { ReportedFolder } from '../../../report/html/contender.ts';
import { Summariser } from '../../../report/summary.ts';
import { ended, linkEvent, type RequestLogged, requestEvents, runEvent } from '../logged-run.ts';

/** What one run of a made-up folder is like. */
export interface ReportedRun {
  readonly policy: string;
  /** Of each of 1000 requests of ten seconds; NaN for one without a first token. */
  readonly ttftMs: (request: number) => number;
  readonly seed?: number;
  readonly request?: RequestLogged;
  readonly run?: Partial<RunEvent>;
  /** Further events. */
  readonly events?: readonly Event[];
}

/** A folder of results with one simulated run each, as their logs say. */
export const reported = (runs: readonly ReportedRun[], name = 'results/test'): ReportedFolder => {
  const charts: RunCharts[] = [];
  const summariser = new Summariser((tally) => charts.push(runCharts(tally)));
  for (const { policy, ttftMs, seed = 1, request, run, events = [] } of runs) {
    const key = { variant: policy, policy, params: {}, seed, repetition: 1, overrides: {} };
    summariser.add(runEvent({ host: 'simulate', shaper: 'emulator', key, ...run }));
    summariser.add(linkEvent('a/fibre/forward'));
    summariser.add(linkEvent('a/fibre/back'));
    for (let id = 0; id < 1000; id++) {
      const ttft = ttftMs(id);
      const [sent, ...others] = requestEvents(id, 1000 + id * 10, {
        ...request,
        ttftMs: Number.isNaN(ttft) ? 0 : ttft,
      });
      summariser.add(sent!);
      if (!Number.isNaN(ttft)) for (const event of others) summariser.add(event);
      else
        summariser.add({
          kind: 'finished',
          atMs: 11_500,
          request: id,
          outcome: 'failed',
          tokens: 0,
          status: 'UNAVAILABLE',
        });
    }
    for (const event of events) summariser.add(event);
    summariser.add(ended());
  }
  const summary = summariser.summary('this machine', { lost: 0, torn: 0 });
  return { name, summary, charts, scenario: null, writtenAt: '2026-01-01T00:00:00Z' };
};
