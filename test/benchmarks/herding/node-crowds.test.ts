import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HERDING_CASES, HERDING_POLICIES, herdingScenario } from '../../../benchmarks/herding/herding-case.ts';
import { herdingRatio, herdingTable, herdingVerdict } from '../../../benchmarks/herding/herding-row.ts';
import { NodeCrowds } from '../../../benchmarks/herding/node-crowds.ts';
import { isPolicyName } from '../../../router/pick/registry.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';

const routed = (request: number, atMs: number, endpoint: string, attempt = 1) =>
  ({ kind: 'routed', atMs, request, attempt, endpoint }) as const;
const served = (request: number, atMs: number, attempt = 1, node = 'a') =>
  ({ kind: 'served', atMs, request, attempt, node, outcome: 'answered', tokens: 1 }) as const;
const finished = (request: number, atMs: number) =>
  ({ kind: 'finished', atMs, request, outcome: 'failed', tokens: 0, status: 'UNAVAILABLE' }) as const;

describe('the crowd at nodes', () => {
  test('counts what any router has sent to a node and it has not served', () => {
    const crowds = new NodeCrowds(['a', 'b'], { fromMs: 0, untilMs: 100 });
    crowds.add(routed(1, 0, 'r1/a/fibre'));
    crowds.add(routed(2, 10, 'r2/a/laser'));
    crowds.add(routed(3, 20, 'b/fibre')); // with one router
    crowds.add(served(1, 40));
    crowds.add(served(2, 50));
    expect(crowds.crowd()).toEqual({ peak: 2, p99: 2, mean: (40 + 40 + 80) / 200 });
  });

  test('moves with an attempt to another node, and ends with the request where no node ever served it', () => {
    const crowds = new NodeCrowds(['a', 'b'], { fromMs: 0, untilMs: 100 });
    crowds.add(routed(1, 0, 'a/fibre'));
    crowds.add(routed(1, 10, 'b/fibre', 2));
    crowds.add(served(1, 60, 1)); // the first node has given up late
    crowds.add(finished(1, 90));
    expect(crowds.crowd().mean).toBeCloseTo(90 / 200);
  });

  test('of the warm-up does not count, but what began then does', () => {
    const crowds = new NodeCrowds(['a'], { fromMs: 50, untilMs: 100 });
    for (const request of [1, 2, 3]) crowds.add(routed(request, 0, 'a/fibre'));
    for (const request of [1, 2]) crowds.add(served(request, 40));
    crowds.add(routed(4, 60, 'a/fibre'));
    expect(crowds.crowd()).toEqual({ peak: 2, p99: 2, mean: (10 * 1 + 40 * 2) / 50 });
  });

  test('has a p99 between mean and peak, whatever comes and goes', () => {
    const stay = fc.record({
      node: fc.constantFrom('a', 'b'),
      atMs: fc.nat(99),
      forMs: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(stay, { minLength: 1, maxLength: 30 }), (stays) => {
        const crowds = new NodeCrowds(['a', 'b'], { fromMs: 0, untilMs: 100 });
        stays
          .flatMap(({ node, atMs, forMs }, request) => [
            routed(request, atMs, `${node}/fibre`),
            served(request, atMs + forMs),
          ])
          .sort((one, other) => one.atMs - other.atMs)
          .forEach((event) => void crowds.add(event));
        const { peak, p99, mean } = crowds.crowd();
        expect(p99).toBeLessThanOrEqual(peak);
        expect(mean).toBeLessThanOrEqual(peak);
        const ms = stays.reduce((sum, { atMs, forMs }) => sum + Math.min(forMs, 100 - atMs), 0);
        expect(mean).toBeCloseTo(ms / 200, 6);
      }),
    );
  });
});

describe('ten routers beside one', () => {
  test('are judged by the whole interval', () => {
    expect(herdingVerdict(herdingRatio([10, 10, 10], [11, 11, 12]))).toBe('kept');
    expect(herdingVerdict(herdingRatio([10, 10, 10], [20, 21, 20]))).toBe('broken');
    expect(herdingVerdict(herdingRatio([10, 10, 10], [8, 20, 15]))).toBe('not shown');
    expect(herdingVerdict(herdingRatio([10], [30]))).toBe('not shown');
  });

  test('have a row with both figures, and their ratio seed by seed', () => {
    const ratio = herdingRatio([10, 40], [20, 80]);
    expect(ratio).toMatchObject({ one: 25, ten: 50 });
    expect(ratio.ratio).toBeCloseTo(2);
    const row = herdingTable([{ policy: 'random', peak: ratio, p99: ratio, ttftP99Ms: ratio }]).at(-1);
    expect(row).toContain('| random | 25, 50 | 2.00 (2.00 to 2.00) | broken |');
  });

  test.each(HERDING_CASES)('in $name have the nodes and the users that one has', (each) => {
    const [one, ten] = (['one', 'ten'] as const).map((count) =>
      topologyOf(parseScenario(JSON.stringify(herdingScenario(each, count)), 'herding.json')),
    );
    expect(one!.routers.length).toBe(1);
    expect(ten!.routers.length).toBe(10);
    expect(ten!.nodes.map(({ name }) => name)).toEqual(one!.nodes.map(({ name }) => name));
    expect(ten!.clients.map(({ name }) => name)).toEqual(one!.clients.map(({ name }) => name));
    expect(HERDING_POLICIES.filter((name) => !isPolicyName(name))).toEqual([]);
  });
});
