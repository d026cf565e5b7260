import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { summarise } from '../../report/summary.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { generatorEvent, runEvent } from '../report/logged-run.ts';
import { type LoadedQueue, loadQueue, shortSchedule } from './loaded-queue.ts';

// Twice what the service takes: half of the requests have no answer at the end.
const OVERLOAD: LoadedQueue = {
  ...{ arrivals: 'constant', ratePerS: 100, durationMs: 20_000, drainMs: 0, servers: 1, seed: 1 },
  serviceMs: () => () => 20,
};

test('a percentile that falls on requests without an answer is no number, but more than the largest that was seen', () => {
  const events: Event[] = [];
  loadQueue(OVERLOAD, (event) => void events.push(event));
  const requests = shortSchedule(OVERLOAD).length;
  const run = runEvent({
    host: 'simulate',
    requests,
    durationMs: 20_000,
    warmUpMs: 0,
    slo: { ttftMs: 100, tpotMs: 20 },
  });
  const summary = summarise([run, ...events, generatorEvent()], { machine: 'm' });
  const { figures, invalidBecause } = summary.runs[0]!;
  expect(requests).toBe(2000);
  expect(figures).toMatchObject({ requests: 2000, answered: 1000, open: 1000 });
  expect(figures.ttftMs).toMatchObject({ n: 2000, censored: 1000, p90: null, p95: null, p99: null, mean: null });
  expect(figures.ttftMs.max).toBeCloseTo(10_010, 0);
  // Request i is due at 10 i ms and has its token at 20 (i + 1): within 100 ms are the first nine, of all that were offered.
  expect(figures.attainment).toBe(0.0045);
  expect(invalidBecause.join()).toContain('1000 of 2000 requests were still open when the run ended');
  expect(terminalReport(summary).join('\n')).toMatch(/> 100\d\d/);
});
