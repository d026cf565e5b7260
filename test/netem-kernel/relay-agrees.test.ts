import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overNetem, overRelay } from '../../benchmarks/parity/io/over-both.ts';
import { type TwoHosts, twoHosts } from '../../benchmarks/parity/io/two-hosts.ts';
import { quantile } from '../../core/stats/quantile.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';

const PERIOD_MS = 3000;
const OUTAGE_MS = 500;
const ROUNDS = 5;

/** 40 ms there and back, and nothing passes in the last half second of every three. */
const link: LinkModel = {
  stateAt: (atMs) => {
    const inPeriodMs = atMs - Math.floor(atMs / PERIOD_MS) * PERIOD_MS;
    return { up: inPeriodMs < PERIOD_MS - OUTAGE_MS, delayUs: 20_000, jitterUs: 0, lossRate: 0, rateKbps: 0 };
  },
  nextChangeAfter: (afterMs) => {
    const periodMs = Math.floor(afterMs / PERIOD_MS) * PERIOD_MS;
    const downMs = periodMs + PERIOD_MS - OUTAGE_MS;
    return afterMs < downMs ? downMs : periodMs + PERIOD_MS;
  },
};

/** In each period one message while the link is up and one that is sent 150 ms into the outage. */
const PLAN = {
  forward: link,
  back: link,
  bytes: 200,
  tickMs: 10,
  sentAtMs: Array.from({ length: ROUNDS }, (_, round) => {
    const periodMs = (round + 1) * PERIOD_MS;
    return [periodMs + 1500, periodMs + PERIOD_MS - OUTAGE_MS + 150];
  }).flat(),
};

const mediansMs = (tookMs: readonly number[]) => {
  const median = (parity: number): number =>
    quantile(
      tookMs.filter((_, index) => index % 2 === parity).toSorted((a, b) => a - b),
      0.5,
    );
  return { up: median(0), down: median(1) };
};

let hosts: TwoHosts;
beforeAll(async () => {
  hosts = await twoHosts();
});
afterAll(async () => hosts?.close());

describe('over an outage', () => {
  test('the relay delivers a message when the kernel behind netem does: not as it ends, but when a timer sends again', async () => {
    const [relay, netem] = [mediansMs(await overRelay(PLAN)), mediansMs(await overNetem(hosts, PLAN))];
    console.log(`median there and back, relay ${JSON.stringify(relay)}, netem ${JSON.stringify(netem)}`);
    // This computer may keep either waiting for some tens of milliseconds.
    expect(relay.up).toBeGreaterThanOrEqual(40);
    expect(Math.abs(relay.up - netem.up)).toBeLessThan(30);
    for (const { down } of [relay, netem]) expect(down).toBeGreaterThan(OUTAGE_MS - 150 + 40 + 20);
    expect(Math.abs(relay.down - netem.down)).toBeLessThan(0.15 * netem.down + 30);
  });
});
