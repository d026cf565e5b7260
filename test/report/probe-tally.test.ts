import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { LinkPlan } from '../../report/link-plan.ts';
import { probeErrors } from '../../report/probe-errors.ts';

const link = (name: string, atMs: number, delayUs: number, over: { up?: boolean; jitterUs?: number } = {}): Event => {
  return { kind: 'link', atMs, link: name, up: true, delayUs, jitterUs: 0, lossRate: 0, rateKbps: 0, ...over };
};
const probe = (path: string, atMs: number, rttMs: number) => ({ kind: 'probe', path, atMs, rttMs }) as const;

const plan = new LinkPlan([
  link('a/fibre/forward', 0, 10_000),
  link('a/fibre/back', 0, 20_000),
  link('a/fibre/forward', 1000, 15_000),
  link('a/laser/forward', 0, 5000, { jitterUs: 2000 }),
  link('a/laser/back', 0, 5000, { jitterUs: 1000 }),
  link('a/laser/back', 2000, 5000, { up: false }),
]);

test('sets round trips against what the log says of both directions, by path and together', () => {
  const probes = [probe('a/fibre', 500, 30.25), probe('a/fibre', 1500, 35.5), probe('a/laser', 500, 11)];
  const { all, byPath } = probeErrors(probes, { plan, jitter: 'by-packet' });
  expect(all).toMatchObject({ samples: 3, p50: 0.5, p99: 0.99, jitterMs: 1 });
  expect(byPath['a/fibre']).toMatchObject({ samples: 2, p50: 0.375, jitterMs: 0 });
  expect(byPath['a/laser']).toMatchObject({ samples: 1, p50: 1, jitterMs: 3 });
});

test('leaves out what an outage touches and paths that the log does not know', () => {
  const probes = [probe('a/laser', 1999, 10), probe('a/laser', 2100, 10), probe('b/fibre', 500, 10)];
  expect(probeErrors(probes, { plan, jitter: 'by-packet' }).all).toMatchObject({ samples: 0, p50: null, jitterMs: 0 });
});
