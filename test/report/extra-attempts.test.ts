import { expect, test } from 'vitest';
import type { Event, Outcome } from '../../core/event/event.ts';
import { extraAttemptsNote } from '../../report/extra-attempts.ts';
import { RunTally } from '../../report/run-tally.ts';
import { requestEvents, runEvent } from './logged-run.ts';

type Routed = Extract<Event, { kind: 'routed' }>;

const routed = (request: number, attempt: number, cause?: Routed['cause']): Event => ({
  kind: 'routed',
  atMs: 2000,
  request,
  attempt,
  endpoint: `b/${attempt}`,
  ...(cause && { cause }),
});
const won = (request: number, attempt: number): Event => ({ kind: 'won', atMs: 2100, request, attempt });
const begun = (request: number, outcome: Outcome = 'answered', atMs = 1500): readonly Event[] =>
  requestEvents(request, atMs, { outcome });

const tallyOf = (...events: readonly (Event | readonly (Event | readonly Event[])[])[]): RunTally => {
  const tally = new RunTally(runEvent());
  for (const event of events.flat(2)) tally.add(event);
  return tally;
};

test('attempts beyond the first are counted by cause, with those that gave the answer', () => {
  const tally = tallyOf(
    [begun(0), routed(0, 2, 'hedge'), won(0, 2)],
    [begun(1), routed(1, 2, 'hedge'), won(1, 1)],
    [begun(2), routed(2, 2, 'retry')],
    [begun(3, 'failed'), routed(3, 2, 'retry')],
    [begun(4), routed(4, 2, 'transparent'), routed(4, 3, 'time-out')],
    [begun(5, 'answered', 10), routed(5, 2, 'moved')], // in the warm-up
  );
  const { extraAttempts, requests } = tally.figures();
  expect(extraAttempts).toEqual({
    hedge: { begun: 2, answered: 1 },
    retry: { begun: 2, answered: 1 },
    transparent: { begun: 1, answered: 0 },
    'time-out': { begun: 1, answered: 1 },
  });
  expect(extraAttemptsNote(extraAttempts, requests)).toBe(
    '6 attempts beyond the first, for 120.0 % of requests: 2 hedges (1 gave the answer), 2 retries (1 gave the answer), ' +
      '1 retries of what no server had seen (0 gave the answer), 1 after a time-out (1 gave the answer)',
  );
});

test('where a request went is the attempt that won, not the last', () => {
  const tally = tallyOf(begun(0), routed(0, 2, 'hedge'), won(0, 1), begun(1), routed(1, 2, 'hedge'), won(1, 2));
  expect([tally.attempts.endpointOf(0), tally.attempts.endpointOf(1)]).toEqual(['a/fibre', 'b/2']);
  expect(tally.attempts.attemptsOf(0)).toBe(2);
});

test('two parts of a log say the same as the whole of it', () => {
  const [one, two] = [tallyOf(begun(0), begun(1)), tallyOf(routed(0, 2, 'hedge'), won(0, 1), routed(1, 2, 'moved'))];
  one.merge(two);
  expect(one.figures().extraAttempts).toEqual({
    hedge: { begun: 1, answered: 0 },
    moved: { begun: 1, answered: 1 },
  });
  expect(one.attempts.endpointOf(0)).toBe('a/fibre');
});

test('a log of an earlier version says of no attempt why it began: then it is a retry', () => {
  expect(tallyOf(begun(0), routed(0, 2)).figures().extraAttempts).toEqual({ retry: { begun: 1, answered: 1 } });
});

test('nothing is said where each request had one attempt', () => {
  const { extraAttempts, requests } = tallyOf(begun(0)).figures();
  expect([extraAttempts, extraAttemptsNote(extraAttempts, requests)]).toEqual([{}, null]);
});
