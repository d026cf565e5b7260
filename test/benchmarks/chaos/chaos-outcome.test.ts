import { expect, test } from 'vitest';
import { chaosOutcome } from '../../../benchmarks/chaos/chaos-outcome.ts';
import type { Event, Outcome } from '../../../core/event/event.ts';

const sent = (atMs: number, request: number): Event => ({
  kind: 'sent',
  atMs,
  request,
  client: 'london',
  intendedAtMs: atMs,
  promptTokens: 1,
  outputTokens: 1,
});
const routed = (atMs: number, request: number, endpoint: string): Event => ({
  kind: 'routed',
  atMs,
  request,
  attempt: 1,
  endpoint,
});
const token = (atMs: number, request: number): Event => ({ kind: 'first-token', atMs, request });
const finished = (atMs: number, request: number, outcome: Outcome): Event => ({
  kind: 'finished',
  atMs,
  request,
  outcome,
  tokens: 0,
  status: 'X',
});

const log: readonly Event[] = [
  sent(0, 0),
  routed(1, 0, 'a/fibre'),
  finished(500, 0, 'failed'), // before the fault
  sent(900, 1),
  routed(901, 1, 'a/fibre'),
  token(950, 1),
  finished(1100, 1, 'failed'), // while it streamed
  sent(1000, 2),
  routed(1300, 2, 'a/laser'),
  finished(1400, 2, 'failed'), // before it streamed
  sent(1200, 3),
  routed(1500, 3, 'b/fibre'),
  token(1600, 3),
  finished(1700, 3, 'answered'),
  routed(2500, 4, 'a/fibre'), // after the fault
];

test('what a fault cost is what ended without an answer since it began, by whether it streamed', () => {
  const outcome = chaosOutcome(log.toReversed(), { fromMs: 1000, untilMs: 2000, hit: 'a/' });
  expect(outcome).toEqual({ sentBefore: 2, lostUnbegun: 1, lostStreaming: 1, movedMs: 300, servedAgainMs: 600 });
  expect(chaosOutcome(log, { fromMs: 1000, untilMs: 2000, hit: 'b/' }).movedMs).toBe(500);
  expect(chaosOutcome(log, { fromMs: 1000, untilMs: 2000, hit: null }).movedMs).toBeNull();
});
