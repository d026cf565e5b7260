import { expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { LinkPlan } from '../../report/link-plan.ts';
import { ProbeTally } from '../../report/probe-tally.ts';

const link = (name: string, atMs: number, delayUs: number, over: { up?: boolean; jitterUs?: number } = {}) =>
  ({ kind: 'link', atMs, link: name, up: true, delayUs, jitterUs: 0, lossRate: 0, rateKbps: 0, ...over }) as const;
const probe = (path: string, atMs: number, rttMs: number) => ({ kind: 'probe', path, atMs, rttMs }) as const;

const plan = new LinkPlan();
for (const event of [
  link('a/fibre/forward', 0, 10_000),
  link('a/fibre/back', 0, 20_000),
  link('a/fibre/forward', 1000, 15_000),
  link('a/laser/forward', 0, 5000, { jitterUs: 2000 }),
  link('a/laser/back', 0, 5000, { jitterUs: 1000 }),
  link('a/laser/back', 2000, 5000, { up: false }),
])
  plan.add(event);

const figuresOf = (probes: readonly ReturnType<typeof probe>[], fromMs = 0) => {
  const tally = new ProbeTally();
  for (const event of probes) tally.add(event);
  return tally.figures({ plan, jitter: 'by-packet', rng: seededRng(1), fromMs });
};

test('compares round trips with the plan of both directions in the log, by path and together', () => {
  const { all, byPath } = figuresOf([
    probe('a/fibre', 500, 30.25),
    probe('a/fibre', 1500, 35.5),
    probe('a/laser', 500, 11),
  ]);
  expect(all).toMatchObject({ n: 3, p50: 0.5, p99: 0.99, jitterMs: 1 });
  expect(byPath['a/fibre']).toMatchObject({ n: 2, p50: 0.375, jitterMs: 0 });
  expect(byPath['a/laser']).toMatchObject({ n: 1, p50: 1, jitterMs: 3 });
});

test('leaves out what an outage touches, paths that the log does not know, and what was sent too early', () => {
  const probes = [probe('a/laser', 1999, 10), probe('a/laser', 2100, 10), probe('b/fibre', 500, 10)];
  expect(figuresOf(probes).all).toMatchObject({ n: 0, p50: null, jitterMs: 0 });
  expect(figuresOf([probe('a/fibre', 499, 30)], 500).all.n).toBe(0);
});
