import { describe, expect, test } from 'vitest';
import { exponential } from '../../core/random/distributions.ts';
import type { RngSource } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { RunTally } from '../../report/run-tally.ts';
import { runEvent } from '../report/logged-run.ts';
import { type LoadedQueue, loadQueue, shortSchedule } from './loaded-queue.ts';

/** What a run of that load measures, by the same schedule, generator and report as any other. */
const measured = (of: LoadedQueue) => {
  const { ratePerS, durationMs } = of;
  const requests = shortSchedule(of).length;
  const tally = new RunTally(runEvent({ host: 'simulate', requests, ratePerS, durationMs, warmUpMs: 0 }));
  loadQueue(of, (event) => tally.add(event));
  const { ttftMs, e2eMs, answered } = tally.figures();
  expect(answered).toBe(requests);
  return { ttftMs, e2eMs };
};

const SEEDS = [1, 2, 3];
/** The mean over some runs of 100,000 requests. */
const meanOf = (of: Omit<LoadedQueue, 'seed' | 'arrivals' | 'durationMs'>, figure: 'mean' | 'p50' | 'p90'): Ms => {
  const durationMs = (100_000 / of.ratePerS) * 1000;
  const values = SEEDS.map((seed) => measured({ ...of, arrivals: 'poisson', durationMs, seed }).e2eMs[figure]!);
  return values.reduce((sum, value) => sum + value, 0) / SEEDS.length;
};

const within = (measuredMs: Ms, exactMs: Ms, share: number): void =>
  expect(Math.abs(measuredMs / exactMs - 1), `${measuredMs} ms beside ${exactMs} ms`).toBeLessThan(share);

const constantly = (serviceMs: Ms) => (): (() => Ms) => () => serviceMs;
const exponentially =
  (meanMs: Ms) =>
  (rng: RngSource): (() => Ms) => {
    const draws = rng('service');
    return () => exponential(draws, meanMs);
  };

describe('a load on a queue whose figures are known in closed form', () => {
  // Pollaczek and Khinchine: an M/D/1 queue waits rho / (2 (1 - rho)) services on average.
  test.each([0.5, 0.7, 0.8])('M/D/1 at %f: the mean response time within 2 %', (rho) => {
    const serviceMs = 50;
    const exactMs = serviceMs * (1 + rho / (2 * (1 - rho)));
    const ratePerS = (rho / serviceMs) * 1000;
    within(meanOf({ ratePerS, servers: 1, serviceMs: constantly(serviceMs) }, 'mean'), exactMs, 0.02);
  });

  // Response times of M/M/1 are exponential, with the rate mu - lambda.
  test('M/M/1 at 0.7: mean, median and p90 within 2 %', () => {
    const meanServiceMs = 50;
    const load = { ratePerS: 14, servers: 1, serviceMs: exponentially(meanServiceMs) };
    const meanMs = meanServiceMs / 0.3;
    within(meanOf(load, 'mean'), meanMs, 0.02);
    within(meanOf(load, 'p50'), meanMs * Math.log(2), 0.02);
    within(meanOf(load, 'p90'), meanMs * Math.log(10), 0.02);
  });

  // Erlang C: who must wait in M/M/c, and for how long.
  test.each([
    [4, 0.8],
    [16, 0.9],
  ])('M/M/%i at %f: the mean response time within 2 %', (servers, rho) => {
    const serviceMs = 100;
    const ratePerS = (servers * rho * 1000) / serviceMs;
    const exactMs = serviceMs * (1 + erlangC(servers, servers * rho) / (servers * (1 - rho)));
    within(meanOf({ ratePerS, servers, serviceMs: exponentially(serviceMs) }, 'mean'), exactMs, 0.02);
  });

  test('a service that takes 50 ms, always, reads 50 ms in every percentile', () => {
    const of = { arrivals: 'constant', ratePerS: 10, durationMs: 60_000, servers: 1, seed: 1 } as const;
    const { ttftMs } = measured({ ...of, serviceMs: constantly(50) });
    for (const at of [ttftMs.p50, ttftMs.p99, ttftMs.max, ttftMs.mean]) expect(at).toBeCloseTo(50, 6);
  });

  // A service that stands still for a second delays a request that was due t into it by 1 s - t, whether or not a client that
  // waited for its answer would have sent it: every 10 ms one, so a hundred requests of 1000.
  test('a stall of one second counts for every request that was due in it, from its intended start', () => {
    const stall = [5000, 6000] as const;
    const of = { arrivals: 'constant', ratePerS: 100, durationMs: 10_000, servers: 1e6, seed: 1, stall } as const;
    const { ttftMs } = measured({ ...of, serviceMs: constantly(1) });
    const exact = Array.from({ length: 1000 }, (_, request) => {
      const atMs = request * 10;
      return atMs >= stall[0] && atMs < stall[1] ? stall[1] - atMs + 1 : 1;
    }).sort((a, b) => a - b);
    expect(ttftMs.max).toBe(1001);
    expect(ttftMs.mean).toBeCloseTo(exact.reduce((sum, ms) => sum + ms, 0) / 1000, 6);
    for (const [key, p] of [
      ['p50', 0.5],
      ['p90', 0.9],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      expect(Math.abs(ttftMs[key]! - exact[Math.floor(p * 1000)]!), key).toBeLessThanOrEqual(10);
    }
  });
});

/** The share of requests that must wait in M/M/c, for `offered` = lambda / mu. Source: A. K. Erlang, 1917, by the recursion of Erlang B. */
const erlangC = (servers: number, offered: number): number => {
  let blocked = 1;
  for (let count = 1; count <= servers; count++) blocked = (offered * blocked) / (count + offered * blocked);
  return blocked / (1 - (offered / servers) * (1 - blocked));
};
