import { quantile } from '../../../core/stats/quantile.ts';
import type { LinkModel, LinkState } from '../../../netem/links/model/link-model.ts';
import { benchmarkCommand } from '../../suites/io/benchmark-command.ts';
import { overNetem, overRelay } from '../io/over-both.ts';
import { twoHosts } from '../io/two-hosts.ts';

/*
 * The same messages over the relay and over the kernel's netem, one connection and one message at a time: what a kernel has time
 * for that is too slow for a whole topology. Needs root and a kernel with netem: `npm run bench:messages`.
 */

/** A steady link. */
const steady = (change: Partial<LinkState>): LinkModel => {
  const state = { up: true, delayUs: 20_000, jitterUs: 0, lossRate: 0, rateKbps: 0, ...change };
  return { stateAt: () => state, nextChangeAfter: () => null };
};

/** Down for half a second of every three. */
const interrupted: LinkModel = {
  stateAt: (atMs) => steady({ up: atMs % 3000 < 2500 }).stateAt(atMs),
  nextChangeAfter: (afterMs) => afterMs - (afterMs % 3000) + (afterMs % 3000 < 2500 ? 2500 : 3000),
};

const queue = { limit: 20, unit: 'ms', drop: 'tail' } as const;
const far = steady({ delayUs: 50_000 });

/** `back` is without loss and bound: one of them is enough. */
const CASES = [
  { name: '200 B, 40 ms', forward: steady({}), back: steady({}), bytes: 200, count: 40, everyMs: 150 },
  { name: '14 kB, 100 ms', forward: far, back: far, bytes: 14_000, count: 12, everyMs: 500 },
  { name: '120 kB after 1.5 s, 100 ms', forward: far, back: far, bytes: 120_000, count: 8, everyMs: 2000 },
  {
    name: '200 B, loss 3 %',
    forward: steady({ lossRate: 0.03 }),
    back: steady({}),
    bytes: 200,
    count: 200,
    everyMs: 150,
  },
  {
    name: '200 B, bursts of 2 in 4 %',
    forward: steady({ burst: { p: 0.02, r: 0.5, lossInBad: 1, lossInGood: 0 } }),
    back: steady({}),
    bytes: 200,
    count: 200,
    everyMs: 150,
  },
  {
    name: '30 kB, 5 Mbit/s, queue of 20 ms',
    forward: steady({ rateKbps: 5000, queue }),
    back: steady({}),
    bytes: 30_000,
    count: 12,
    everyMs: 1000,
  },
  { name: '200 B into 500 ms down', forward: interrupted, back: interrupted, bytes: 200, count: 8, everyMs: 3000 },
] as const;

/** The first one is sent 150 ms into an outage, where there are outages. */
const FIRST_MS = 2650;

const figures = (tookMs: readonly number[]): string => {
  const sorted = tookMs.toSorted((a, b) => a - b);
  return [0.5, 0.9, 1].map((p) => quantile(sorted, p).toFixed(1).padStart(7)).join(' ');
};

benchmarkCommand('bench:messages').parse();
const hosts = await twoHosts();
try {
  process.stdout.write(`${'there and back, ms'.padEnd(34)}  relay p50     p90     max   netem p50     p90     max\n`);
  for (const { name, count, everyMs, ...links } of CASES) {
    const sentAtMs = Array.from({ length: count }, (_, index) => FIRST_MS + index * everyMs);
    const plan = { ...links, sentAtMs, tickMs: 10 };
    const [relay, netem] = [await overRelay(plan), await overNetem(hosts, plan)];
    process.stdout.write(`${name.padEnd(34)}    ${figures(relay)}     ${figures(netem)}\n`);
  }
} finally {
  await hosts.close();
}
