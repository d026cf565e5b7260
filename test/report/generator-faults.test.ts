import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { generatorFaults } from '../../report/generator-faults.ts';
import { summarise } from '../../report/summary.ts';
import { ended, generatorEvent, requestEvents, runEvent } from './logged-run.ts';

type Generator = Extract<Event, { kind: 'generator' }>;
const of = (over: Partial<Generator>): Generator => generatorEvent(over) as Generator;
const faultsOf = (...generators: readonly Generator[]): readonly string[] =>
  generatorFaults(generators, { e2eP50Ms: 400, isInterrupted: false });

test('a process that kept its times spoils nothing', () => {
  expect(faultsOf(of({}), of({ part: 'load generator 2', busyShare: 0.89, eventLoopP99Ms: 5, lagP99Ms: 4 }))).toEqual(
    [],
  );
});

test.each([
  [{ lagP99Ms: 4.1 }, 'the load generator 2 sent 4.1 ms late at p99, above 4.0 ms'],
  [{ offered: 1000, sent: 989 }, 'the load generator 2 sent 989 of 1000 requests, below 99 %'],
  [{ eventLoopP99Ms: 5.2 }, 'the event loop of the load generator 2 waited 5.2 ms at p99, above 5 ms'],
  [{ busyShare: 0.97 }, 'the load generator 2 was busy 97 % of the time, above 90 %'],
])('one of several that spoils the run is named: %j', (over, reason) => {
  expect(faultsOf(of({ part: 'load generator 1' }), of({ part: 'load generator 2', ...over }))).toEqual([reason]);
});

test('an interrupted run does not blame a process for what was never sent', () => {
  const interrupted = { e2eP50Ms: 400, isInterrupted: true };
  expect(generatorFaults([of({ sent: 0 })], interrupted)).toEqual([]);
});

test('figures are those of the worst process, and say what the client adds; a note says it in words', () => {
  const [one, two] = [
    generatorEvent({ part: 'a', transport: 'frames', lagP99Ms: 0.2, busyShare: 0.1, taxP50Ms: 0.21, taxP99Ms: 0.4 }),
    generatorEvent({ part: 'b', transport: 'frames', lagP99Ms: 0.3, busyShare: 0.05, taxP50Ms: 0.25, taxP99Ms: 0.3 }),
  ];
  const [result] = summarise([runEvent({ requests: 1 }), ...requestEvents(0, 2000), one, two, ended()], {
    machine: 'm',
  }).runs;
  expect(result!.figures.generator).toEqual({
    ...{
      processes: 2,
      transport: 'frames',
      lagP50Ms: 0.1,
      lagP99Ms: 0.3,
      eventLoopP99Ms: 1,
      busyShare: 0.1,
      cpuMs: 20,
    },
    ...{ taxP50Ms: 0.25, taxP99Ms: 0.4 },
  });
  expect(result!.notes).toContain(
    'the load over frames, from 2 processes, left 0.10 ms late (p99 0.30), its event loop waited 1.00 ms at p99, busy 10 % of the time; it adds 0.25 ms itself (p99 0.40)',
  );
});

test('what a client adds is a timing error: a latency that is mostly that must not be used', () => {
  const taxed = generatorEvent({ taxP50Ms: 3, taxP99Ms: 6 });
  const [result] = summarise([runEvent({ requests: 1 }), ...requestEvents(0, 2000), taxed, ended()], {
    machine: 'm',
  }).runs;
  expect(result!.figures.invalidBecause).toContainEqual({
    ...{ figure: 'ttftMs.p50', errorMs: 3 },
    reason: 'timing errors of 3.0 ms are above 5 % of 50.0 ms',
  });
});

test('what clients sent again is counted apart, and each request once', () => {
  const again = requestEvents(0, 2000).map((event) => (event.kind === 'finished' ? { ...event, retries: 2 } : event));
  const [result] = summarise([runEvent({ requests: 1 }), ...again, generatorEvent(), ended()], { machine: 'm' }).runs;
  expect(result!.figures).toMatchObject({ requests: 1, answered: 1, retried: 0, clientRetries: 2 });
  expect(result!.notes).toContain('clients sent 2 times again by themselves; latencies count from the first time');
});
