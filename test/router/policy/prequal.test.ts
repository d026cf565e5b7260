import { describe, expect, test } from 'vitest';
import { reuseBound } from '../../../router/policy/prequal.ts';
import { countsOf, DrivenPolicy, tableOf } from './driven-policy.ts';

/** Answers of probes: requests in flight and latency by endpoint, after a history of RIFs that puts the limit of hot ones at 8. */
const probed = (answers: readonly (readonly [inFlight: number, latencyMs: number])[], params: unknown = {}) => {
  const driven = new DrivenPolicy('prequal', tableOf(answers.length), params);
  for (let index = 0; index < 128; index++) driven.probed(0, 5, { running: 8 });
  for (const [endpoint, [running, latencyMs]] of answers.entries()) driven.probed(endpoint, latencyMs, { running });
  return driven;
};

describe('prequal', () => {
  test('of RIF 3, 9, 2 and 40, 10, 60 ms with the limit at 8 takes the first: cold, and faster than the third', () => {
    const driven = probed([
      [3, 40],
      [9, 10],
      [2, 60],
    ]);
    expect(driven.pick()).toBe(0);
  });

  test('where all are hot takes the fewest in flight, not the fastest', () => {
    const driven = probed([
      [20, 10],
      [12, 90],
      [15, 40],
    ]);
    expect(driven.pick()).toBe(1);
  });

  test('counts its own choices: a burst does not all go to the one that looked best', () => {
    const driven = probed([
      [7, 10],
      [7, 11],
      [7, 12],
    ]);
    expect(driven.send(3)).toEqual([0, 0, 1]); // 7, 8 and 9 in flight: above 8 it is hot
  });

  test('counts as many of other routers as come there for each of its own', () => {
    const driven = new DrivenPolicy('prequal', tableOf(3));
    for (let round = 0; round < 100; round++) {
      for (let node = 0; node < 3; node++) {
        driven.probed(node, 5, { running: 8, requestsReceived: 10 * round });
        driven.end(driven.begin(node));
      }
      driven.nowMs += 100;
    }
    for (const [node, latencyMs] of [10, 11, 12].entries()) driven.probed(node, latencyMs, { running: 3 });
    expect(driven.send(3)).toEqual([0, 1, 2]); // each is hot after one
  });

  test('the bound of reuse for 16 answers of 100 endpoints, 3 probes and 1 removal is 2 / 1.52', () => {
    const of = { probesPerRequest: 3, removedPerRequest: 1, reuseDelta: 1, poolSize: 16 };
    expect(reuseBound({ ...of, endpoints: 100 })).toBeCloseTo(2 / 1.52);
    expect(reuseBound({ ...of, endpoints: 1e9 })).toBeCloseTo(1, 6);
    expect(reuseBound({ ...of, endpoints: 16 })).toBe(Number.POSITIVE_INFINITY);
  });

  test('wants three different endpoints probed for each request, and no longer once they answered', () => {
    const driven = new DrivenPolicy('prequal', tableOf(20));
    const asked: number[] = [];
    for (let request = 0; request < 600; request++) {
      driven.begin(0);
      const wanted = driven.policy.probes!(driven.nowMs);
      expect(new Set(wanted).size).toBe(3);
      asked.push(...wanted);
      for (const endpoint of [...wanted]) driven.probed(endpoint, 5, { running: 1 });
      expect(driven.policy.probes!(driven.nowMs)).toEqual([]);
    }
    // 1800 draws over 20 endpoints, each 90 within 4.5 standard deviations.
    for (const count of countsOf(asked, 20))
      expect(Math.abs(count - 90)).toBeLessThan(4.5 * Math.sqrt(600 * 0.15 * 0.85));
  });

  test('an answer older than a second is of no use: any endpoint is taken', () => {
    const driven = probed([
      [1, 10],
      [7, 50],
      [7, 50],
    ]);
    driven.nowMs = 1001;
    expect(new Set(Array.from({ length: 60 }, () => driven.pick())).size).toBe(3);
  });

  test('without requests it probes too, others each time', () => {
    const driven = new DrivenPolicy('prequal', tableOf(6));
    driven.available(0, true);
    driven.nowMs = 600;
    const first = driven.policy.probes!(600);
    expect(first.length).toBe(3);
    expect(driven.policy.probes!(1200)).not.toEqual(first);
    driven.probed(0, 5, {});
    expect(driven.policy.probes!(601)).toEqual([]);
  });

  test('does not go to the node that fails fast and so looks idle, until that was long ago', () => {
    const driven = probed([
      [0, 1],
      [7, 50],
      [7, 60],
    ]);
    for (let failure = 0; failure < 3; failure++) driven.end(driven.begin(0), { fault: 'node', code: 14 });
    const refresh = (): void => {
      driven.probed(0, 1, { running: 0 });
      driven.probed(1, 50, { running: 7 });
      driven.probed(2, 60, { running: 7 });
    };
    refresh();
    expect(driven.pick()).toBe(1);
    driven.nowMs += 20_000;
    refresh();
    expect(driven.pick()).toBe(0);
  });
});
