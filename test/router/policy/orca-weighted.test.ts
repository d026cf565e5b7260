import { describe, expect, test } from 'vitest';
import type { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { orcaWeight } from '../../../router/policy/orca-weighted.ts';
import { countsOf, DrivenPolicy, tableOf } from './driven-policy.ts';

describe('orca-weighted', () => {
  test('weighs 100 a second at 0.5 as 200, and with 10 failures a second as 166.7', () => {
    const of = { qps: 100, utilisation: 0.5, errorPenalty: 1 };
    expect(orcaWeight({ ...of, eps: 0 })).toBe(200);
    expect(orcaWeight({ ...of, eps: 10 })).toBeCloseTo(166.667, 3);
    expect(orcaWeight({ ...of, utilisation: 0, eps: 0 })).toBeNaN();
    expect(orcaWeight({ ...of, qps: 0, eps: 0 })).toBeNaN();
  });

  /** Sends 10 requests a second for `seconds`, each answered at once by a node at its utilisation; returns the endpoints. */
  const run = (driven: DrivenPolicy, utilisations: readonly number[], seconds: number): number[] => {
    const picks: number[] = [];
    for (let sent = 0; sent < seconds * 10; sent++) {
      const [endpoint] = driven.send(1) as [number];
      picks.push(endpoint);
      driven.report(endpoint, { utilization: utilisations[endpoint]! });
      driven.end(driven.begin(endpoint, {}, 2));
      driven.nowMs += 100;
    }
    return picks;
  };

  test('gives equal turns in the black-out, and then turns that move to the node with room', () => {
    const driven = new DrivenPolicy('orca-weighted', tableOf(2));
    const [busy, idle] = countsOf(run(driven, [0.8, 0.2], 9), 2) as [number, number];
    expect(Math.abs(busy - idle)).toBeLessThanOrEqual(1);
    const [busyLater, idleLater] = countsOf(run(driven, [0.8, 0.2], 30), 2) as [number, number];
    expect(idleLater).toBeGreaterThan(3 * busyLater);
  });

  test('every endpoint keeps a share when weights begin to count, of whatever size they are', () => {
    for (const utilisation of [1e-5, 0.5]) {
      const driven = new DrivenPolicy('orca-weighted', tableOf(4));
      run(driven, Array(4).fill(utilisation), 12);
      const counts = countsOf(run(driven, Array(4).fill(utilisation), 20), 4);
      for (const count of counts) expect(count).toBeGreaterThan(10);
    }
  });

  /** Turns of each of `size` endpoints, once weights count: ten requests a second, answered at once by nodes that all say that half of them is used. */
  const turns = (table: EndpointTable, qpsOf: (endpoint: number) => number): readonly number[] => {
    const driven = new DrivenPolicy('orca-weighted', table, { blackoutS: 0 });
    const picks: number[] = [];
    for (let sent = 0; sent < 800; sent++) {
      const attempt = driven.begin(driven.pick());
      driven.report(attempt.endpoint, { utilization: 0.5, requestsPerS: qpsOf(attempt.endpoint) });
      driven.end(attempt);
      driven.nowMs += 100;
      if (sent >= 200) picks.push(attempt.endpoint);
    }
    return countsOf(picks, table.size);
  };

  test('weighs by what nodes report of all their callers, before what it saw itself', () => {
    const [few, many] = turns(tableOf(2), (endpoint) => (endpoint === 0 ? 30 : 90)) as [number, number];
    expect(many / few).toBeCloseTo(3, 1);
  });

  test('gives a node that is reached over two paths no more turns than one with one', () => {
    const specs = [{ node: 'a' }, { node: 'a' }, { node: 'b' }];
    const [a, alsoA, b] = turns(tableOf(3, { specs }), () => 40) as [number, number, number];
    expect((a + alsoA) / b).toBeCloseTo(1, 1);
  });

  test('a node that got little to do is not left for good: a tenth of the mean at least', () => {
    const driven = new DrivenPolicy('orca-weighted', tableOf(3));
    run(driven, [0.9, 0.001, 0.001], 15);
    expect(countsOf(run(driven, [0.9, 0.001, 0.001], 60), 3)[0]!).toBeGreaterThan(10);
  });

  test('a weight without a report for three minutes is no longer used', () => {
    const driven = new DrivenPolicy('orca-weighted', tableOf(2));
    run(driven, [0.8, 0.2], 20);
    driven.report(0, { utilization: 0 });
    driven.report(1, { utilization: 0 });
    run(driven, [0, 0], 5); // reports that say nothing
    driven.nowMs += 180_000;
    driven.send(1);
    const [a, b] = countsOf(driven.send(40), 2) as [number, number];
    expect(Math.abs(a - b)).toBeLessThanOrEqual(2);
  });

  test('an endpoint that reconnects waits for the black-out again, with the mean of the others', () => {
    const driven = new DrivenPolicy('orca-weighted', tableOf(3));
    run(driven, [0.8, 0.2, 0.2], 40);
    driven.available(0, false);
    driven.available(0, true);
    const counts = countsOf(run(driven, [0.8, 0.2, 0.2], 8), 3);
    expect(counts[0]!).toBeGreaterThan(0.8 * (80 / 3));
  });
});
