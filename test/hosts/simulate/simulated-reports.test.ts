import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { simulate } from '../../../hosts/simulate/simulate.ts';
import { simulatedParts } from '../../../hosts/simulate/simulated-parts.ts';
import { checkPlayedLive } from '../../../scenario/hand-over-of.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import type { Schedule } from '../../../workload/schedule.ts';
import { ON_ITS_OWN } from '../../../workload/schedule.ts';

const text = readFileSync('test/scenarios/pair.yaml', 'utf8');

const scenarioWith = (signals: object, also: readonly string[] = []) =>
  parseScenario(text, 'pair.yaml', { set: [`router.signals=${JSON.stringify(signals)}`, ...also] });

/** What a router knows of each node, each 10 ms of `untilMs`: when the node wrote it, and when it is. */
const knownOver = (signals: object, untilMs: number, also: readonly string[] = []) => {
  const scenario = scenarioWith(signals, also);
  const { routers, nodes } = simulatedParts({
    scenario,
    topology: topologyOf(scenario),
    policy: 'random',
    emit: () => {},
  });
  const { clock, router } = routers[0]!;
  const seen: { readonly nowMs: number; readonly wroteAtMs: readonly number[] }[] = [];
  for (let nowMs = 10; nowMs <= untilMs; nowMs += 10) {
    clock.runUntil(nowMs);
    seen.push({ nowMs, wroteAtMs: [...router.endpoints.nodes.reportedAtMs] });
  }
  return { seen, nodes, router, clock };
};

describe('load reports out of band in a simulation', () => {
  test('come from each node without a request, each interval and the way later', () => {
    const { seen } = knownOver({ outOfBand: { everyMs: 200 } }, 5000);
    const [, ...wrote] = [...new Set(seen.map(({ wroteAtMs }) => wroteAtMs[0]!))].filter((atMs) => !Number.isNaN(atMs));
    expect(wrote.length).toBeGreaterThan(20);
    for (const { nowMs, wroteAtMs } of seen.filter((each) => each.nowMs > 1500)) {
      for (const atMs of wroteAtMs) {
        expect(nowMs - atMs).toBeGreaterThan(5); // no path is that short
        expect(nowMs - atMs).toBeLessThan(500);
      }
    }
  });

  test('do not come where nobody asks for them', () => {
    expect(knownOver({}, 2000).seen.at(-1)!.wroteAtMs.every(Number.isNaN)).toBe(true);
  });

  test('count as much later as the scenario says', () => {
    const [now, late] = [0, 700].map(
      (delayMs) => knownOver({ outOfBand: { everyMs: 200 }, delayMs }, 4000).seen.at(-1)!.wroteAtMs[0]!,
    ) as [number, number];
    expect(now - late).toBeGreaterThanOrEqual(500); // to the interval
    expect(now - late).toBeLessThanOrEqual(900);
  });

  test('are not written while nothing leaves a node', () => {
    const faults = [
      'faults={token: a-token-of-this-test, timeline: [{atS: 1, forS: 2, node: ashburn, kind: blackhole}]}',
    ];
    const { seen, router } = knownOver({ outOfBand: { everyMs: 200 } }, 5000, faults);
    const ashburn = router.endpoints.nodeNames.indexOf('ashburn');
    const during = seen.filter(({ nowMs }) => nowMs > 1500 && nowMs < 3000).map(({ wroteAtMs }) => wroteAtMs[ashburn]!);
    expect(Math.max(...during)).toBeLessThanOrEqual(1000);
    expect(seen.at(-1)!.wroteAtMs[ashburn]!).toBeGreaterThan(4000);
  });
});

const schedule: Schedule = Array.from({ length: 60 }, (_, id) => ({
  ...{ id, client: 'london', atMs: id * 50, promptTokens: 50, outputTokens: 20, maxOutputTokens: 20 },
  ...ON_ITS_OWN,
}));

const logOf = (signals: object, policy = 'gorgo'): readonly Event[] => {
  const scenario = scenarioWith(signals);
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  for (const _ of simulate({ scenario, topology: topologyOf(scenario), schedule, policy, emit }));
  return events;
};

describe('what a router hears', () => {
  test('I3: the same seed gives the same log, with reports out of band too', () => {
    const signals = { outOfBand: { everyMs: 100 }, delayMs: 30 };
    expect(JSON.stringify(logOf(signals))).toBe(JSON.stringify(logOf(signals)));
  });

  test('changes what it does: reports with answers do not count where they are switched off', () => {
    const endpointsOf = (signals: object) =>
      logOf(signals).flatMap((event) => (event.kind === 'routed' ? [event.endpoint] : []));
    expect(endpointsOf({ inBand: false })).not.toEqual(endpointsOf({}));
  });

  test('is played later by simulations alone', () => {
    expect(() => checkPlayedLive(scenarioWith({ delayMs: 100 }))).toThrow(
      'router.signals.delayMs is 100, which live routers cannot play; expected 0, or the command simulate',
    );
    expect(() => checkPlayedLive(scenarioWith({ outOfBand: { everyMs: 100 } }))).not.toThrow();
  });
});
