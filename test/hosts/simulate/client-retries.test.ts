import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { scheduleOf } from '../../../scenario/schedule-of.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { bundledTrace } from '../../../workload/trace/io/bundled-trace.ts';

const TEXT = readFileSync('test/scenarios/pair.yaml', 'utf8');

/** Far more than nodes with such short queues take. */
const run = (load: string, { seed = 3, policy = 'random' } = {}) => {
  const text = TEXT.replace('ratePerS: 8', `ratePerS: 150, ${load}`).replaceAll(
    /profile: (\S+) }/g,
    'profile: $1, limits: { maxWaiting: 1, maxNumSeqs: 4 } }',
  );
  const scenario = parseScenario(text, 'pair.yaml', { seed });
  const schedule = scheduleOf(scenario, bundledTrace('azure-llm-2023-conversation'));
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy, emit }));
  const ofKind = <Kind extends Event['kind']>(kind: Kind) =>
    events.filter((event): event is Extract<Event, { kind: Kind }> => event.kind === kind);
  return { requests: schedule.length, sent: ofKind('sent'), finished: ofKind('finished'), routed: ofKind('routed') };
};

test('clients that retry get answers that others are refused, and each request ends once', () => {
  const without = run('deadlineS: 4');
  const { requests, sent, finished } = run('deadlineS: 4, retries: { attempts: 4, backoffMs: 200 }');
  const answered = (of: typeof finished): number => of.filter(({ outcome }) => outcome === 'answered').length;
  expect(answered(without.finished)).toBeLessThan(requests / 2);
  expect(answered(finished)).toBeGreaterThan(1.3 * answered(without.finished));
  expect([sent.length, finished.length]).toEqual([requests, requests]);
  const again = finished.filter(({ retries = 0, outcome }) => retries > 0 && outcome === 'answered');
  expect(again.length).toBeGreaterThan(5);
  for (const { retries } of finished) expect(retries ?? 0).toBeLessThanOrEqual(3);
  expect(without.finished.every((event) => !('retries' in event))).toBe(true);
});

test('a retry has a number behind all those of the schedule, and waits twice as long each time', () => {
  const { requests, routed, sent } = run('deadlineS: 60, retries: { attempts: 3, backoffMs: 200 }');
  const sentAtMs = new Map(sent.map(({ request, atMs }) => [request, atMs]));
  const later = routed.filter(({ request }) => request >= requests);
  expect(later.length).toBeGreaterThan(20);
  for (const { request, atMs } of later) {
    const retry = Math.floor(request / requests);
    expect([1, 2]).toContain(retry);
    expect(atMs - sentAtMs.get(request % requests)!).toBeGreaterThan(retry === 1 ? 200 : 600);
  }
});

test('bounds, which look ahead, know a retry by its number', () => {
  const { finished, requests } = run('deadlineS: 4, retries: { attempts: 3, backoffMs: 200 }', { policy: 'oracle' });
  expect(finished).toHaveLength(requests);
  expect(finished.some(({ retries }) => retries !== undefined)).toBe(true);
});

test('nobody retries beyond the deadline', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.constantFrom(0.1, 0.3, 1), (seed, deadlineS) => {
      const { sent, finished } = run(`deadlineS: ${deadlineS}, retries: { attempts: 10, backoffMs: 50 }`, { seed });
      const sentAtMs = new Map(sent.map(({ request, atMs }) => [request, atMs]));
      for (const { request, atMs } of finished) {
        expect(atMs - sentAtMs.get(request)!).toBeLessThanOrEqual(deadlineS * 1000 + 1e-6);
      }
    }),
    { numRuns: 6 },
  );
});
