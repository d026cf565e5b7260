import { afterAll, beforeAll, expect, test } from 'vitest';
import { ECHO_PORT, EXEMPT_PORT, roundTripsMs, type TwoHosts, twoHosts } from '../../benchmarks/parity/io/two-hosts.ts';
import { quantile } from '../../core/stats/quantile.ts';
import type { Ms } from '../../core/time/clock.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { LinkPlayer } from '../../netem/shaping/link-player.ts';
import { NetemShaper } from '../../netem/shaping/tc/io/netem-shaper.ts';

const STEP_MS = 100;
const PROBES = 800; // 8 seconds of them, and more where the computer is slow

/** A delay that goes from 0.5 to 75 ms and back all the time, another one every step: round trips of 1 to 150 ms. */
const sweep: LinkModel = {
  stateAt(atMs) {
    const step = Math.floor(atMs / STEP_MS) % 100;
    const share = (step < 50 ? step : 100 - step) / 50;
    return { up: true, delayUs: Math.round(500 + share * 74_500), jitterUs: 0, lossRate: 0, rateKbps: 0 };
  },
  nextChangeAfter: (afterMs) => (Math.floor(afterMs / STEP_MS) + 1) * STEP_MS,
};

/** When each of the packets that enter the link at these instants leaves it: none before the one in front of it. */
const plannedExits = (entersAtMs: readonly Ms[]): readonly Ms[] => {
  let lastMs = Number.NEGATIVE_INFINITY;
  return entersAtMs.map((atMs) => {
    lastMs = Math.max(lastMs, atMs + sweep.stateAt(atMs).delayUs / 1000);
    return lastMs;
  });
};

let hosts: TwoHosts;
beforeAll(async () => {
  hosts = await twoHosts();
});
afterAll(async () => hosts?.close());

test('round trips are as planned while both directions change every 100 ms', async () => {
  const order = { address: '198.18.0.2', port: ECHO_PORT, everyMs: 10, count: PROBES };

  const there = await NetemShaper.attach(
    { classes: [{ link: 'a-b', device: 'wire-a', match: { destination: '198.18.0.2' } }], exemptPorts: [EXEMPT_PORT] },
    hosts.a.enter,
  );
  const back = await NetemShaper.attach(
    { classes: [{ link: 'b-a', device: 'wire-b', match: { destination: '198.18.0.1' } }], exemptPorts: [EXEMPT_PORT] },
    hosts.b.enter,
  );
  const startUnixMs = Date.now();
  const clock = new SystemClock({ startUnixMs });
  const faults: string[] = [];
  const options = { clock, onFault: (problem: string) => faults.push(problem) };
  const play = (): readonly LinkPlayer[] => {
    const players = [
      new LinkPlayer(new Map([['a-b', sweep]]), there, options),
      new LinkPlayer(new Map([['b-a', sweep]]), back, options),
    ];
    for (const player of players) player.start();
    return players;
  };
  // This computer takes seconds to start the clock's thread, and long for whatever it does for the first time.
  await new Promise((resolve) => clock.at(clock.now(), resolve));
  const warming = play();
  await hosts.a.probe({ ...order, count: 300 });
  for (const player of warming) await player.close();

  const players = play();
  await new Promise((resolve) => setTimeout(resolve, 300));
  // Beside each probe goes one that is exempt: what it takes is what the computer takes, at that moment.
  const [shaped, exempt] = await hosts.a.probeAll([order, { ...order, port: EXEMPT_PORT }]);
  for (const player of players) await player.close();
  clock.close();
  for (const shaper of [there, back]) await shaper.close();

  const sentMs = shaped!.sentAtMs.map((atMs) => atMs - startUnixMs);
  const plannedMs = plannedExits(plannedExits(sentMs));
  const errorsMs = shaped!.backAtMs
    .flatMap((atMs, index) => (atMs === null ? [] : [atMs - startUnixMs - plannedMs[index]!]))
    .toSorted((x, y) => x - y);

  const unshaped = roundTripsMs(exempt!);
  const text = (sorted: readonly number[]): string =>
    [0.01, 0.5, 0.9, 0.99].map((p) => `p${p * 100} ${quantile(sorted, p).toFixed(2)}`).join('  ');
  console.log(`exempt round trip beside it (ms):          ${text(unshaped)}`);
  console.log(`realised minus planned round trip (ms):   ${text(errorsMs)}`);
  const baselineMs = quantile(unshaped, 0.5);
  console.log(`... minus the median exempt round trip:   ${text(errorsMs.map((error) => error - baselineMs))}`);
  for (const [index, player] of players.entries()) {
    const us = (p: number): string => (player.lateness.quantileUs(p) / 1000).toFixed(2);
    console.log(
      `batches of player ${index} (${player.lateness.count}), known to hold after (ms): p50 ${us(0.5)}  p99 ${us(0.99)}`,
    );
  }

  expect(shaped!.order).toHaveLength(order.count);
  expect(faults).toEqual([]);
  expect(Math.abs(quantile(errorsMs, 0.5) - baselineMs)).toBeLessThan(5);
}, 300_000);

test('500 links change in one batch', async () => {
  const links = Array.from({ length: 500 }, (_, index) => `link-${index}`);
  const shaper = await NetemShaper.attach(
    {
      classes: links.map((link, index) => ({
        link,
        device: 'wire-a',
        match: { destination: `198.19.${Math.floor(index / 250)}.${(index % 250) + 1}` },
      })),
      exemptPorts: [],
    },
    hosts.a.enter,
  );
  for (let round = 1; round <= 10; round++) {
    const state = { up: true, delayUs: 1000 * round, jitterUs: 100, lossRate: 0.001 * round, rateKbps: 0 };
    await shaper.apply(new Map(links.map((link) => [link, state])));
  }
  expect(await shaper.check()).toEqual([]);
  expect(shaper.counts).toEqual({ changes: 5000, repairs: 0 });
  const { applyTime } = shaper;
  console.log(`batch of 500 changes: p50 ${applyTime.quantileUs(0.5) / 1000} ms, max ${applyTime.maxUs / 1000} ms`);
  await shaper.close();
});
