import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { summarise } from '../../report/summary.ts';
import { ended, generatorEvent, requestEvents, runEvent } from './logged-run.ts';

const punctual = { steps: 9, lateP50Ms: 0.1, lateP99Ms: 10, lateMaxMs: 99, longestSilenceMs: 99.9 };
const invalidBecause = (over: Partial<typeof punctual>): readonly string[] => {
  const lateness: Event = { kind: 'lateness', atMs: 11_000, node: 'a', ...punctual, ...over };
  const events = [runEvent({ requests: 1 }), ...requestEvents(0, 2000), lateness, generatorEvent(), ended()];
  return summarise(events, { machine: 'm' }).runs[0]!.invalidBecause;
};

test.each([
  [{}, []],
  [{ lateP99Ms: 10.1 }, ['node a fell behind: its steps ended 10.1 ms late at p99, above 10 ms']],
  [{ longestSilenceMs: 100 }, ['node a fell silent for 100 ms, at or above 100 ms']],
])('a run is not valid when a node did not keep its own step clock: %j', (over, reasons) => {
  expect(invalidBecause(over)).toEqual(reasons);
});
