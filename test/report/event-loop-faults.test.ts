import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { summarise } from '../../report/summary.ts';
import { ended, generatorEvent, requestEvents, runEvent } from './logged-run.ts';

const prompt = { part: 'router', waitP99Ms: 10, longestSilenceMs: 99.9 };
const invalidBecause = (over: Partial<typeof prompt>): readonly string[] => {
  const loop: Event = { kind: 'event-loop', atMs: 11_000, ...prompt, ...over };
  const events = [runEvent({ requests: 1 }), ...requestEvents(0, 2000), loop, generatorEvent(), ended()];
  return summarise(events, { machine: 'm' }).runs[0]!.invalidBecause;
};

test.each([
  [{}, []],
  [{ waitP99Ms: 10.1 }, ['the event loop of the router waited 10.1 ms at p99, above 10 ms']],
  [{ longestSilenceMs: 100 }, ['the router fell silent for 100 ms, at or above 100 ms']],
  [
    { part: 'relay of the paths', longestSilenceMs: 250 },
    ['the relay of the paths fell silent for 250 ms, at or above 100 ms'],
  ],
])('a run is not valid when what all messages pass was not there for them: %j', (over, reasons) => {
  expect(invalidBecause(over)).toEqual(reasons);
});
