import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ECHO_PORT, OTHER_ECHO_PORT, run, type TwoHosts, twoHosts } from '../../benchmarks/parity/io/two-hosts.ts';
import { seededRng } from '../../core/random/rng.ts';
import type { LinkState, QueueBound } from '../../netem/links/model/link-model.ts';
import { meanLossRate } from '../../netem/links/model/packet-loss.ts';
import { PacketLosses } from '../../netem/links/model/packet-losses.ts';
import { Serialiser } from '../../netem/links/model/serialiser.ts';
import { NetemShaper } from '../../netem/shaping/tc/io/netem-shaper.ts';

const state = (change: Partial<LinkState>): LinkState => ({
  up: true,
  delayUs: 0,
  jitterUs: 0,
  lossRate: 0,
  rateKbps: 0,
  ...change,
});

let hosts: TwoHosts;
let shaper: NetemShaper;

/** Sends datagrams over a link in that state; which of them came back. Nothing shapes the way back. */
const arrived = async (link: LinkState, probes: { count: number; everyMs: number; bytes?: number }) => {
  await shaper.apply(new Map([['a-b', link]]));
  expect(await shaper.check()).toEqual([]);
  const order = { address: '198.18.0.2', port: ECHO_PORT, patienceMs: 1500, ...probes };
  return (await hosts.a.probe(order)).backAtMs.map((atMs) => atMs !== null);
};
const count = (values: readonly boolean[]): number => values.filter(Boolean).length;

/** How many datagrams in a row were lost, at the mean over the bursts. */
const meanBurst = (isHere: readonly boolean[]): number => {
  const starts = isHere.filter((here, index) => !here && (isHere[index - 1] ?? true)).length;
  return (isHere.length - count(isHere)) / starts;
};

beforeAll(async () => {
  hosts = await twoHosts();
});
afterEach(async () => {
  await shaper.close();
});
afterAll(async () => hosts?.close());

const attach = async (): Promise<void> => {
  const classes = [{ link: 'a-b', device: 'wire-a', match: { destination: '198.18.0.2' } }];
  shaper = await NetemShaper.attach({ classes, exemptPorts: [] }, hosts.a.enter);
};

describe('losses that the kernel draws', () => {
  test('in bursts have the mean and the length of those that the simulator and the relay draw', async () => {
    await attach();
    const link = state({ burst: { p: 0.04, r: 0.2, lossInBad: 1, lossInGood: 0 }, lossRate: 0.01 });
    const isHere = await arrived(link, { count: 4000, everyMs: 1 });
    const losses = new PacketLosses(seededRng(1)('losses/a-b'));
    const drawn = Array.from({ length: 100_000 }, () => !losses.next(link));
    const [kernel, ours] = [isHere, drawn].map((all) => 1 - count(all) / all.length);
    expect(ours!).toBeCloseTo(meanLossRate(link), 2);
    // Of about 130 bursts, each of 5 +- 4.5: four standard errors of the share are 0.055.
    expect(Math.abs(kernel! - ours!)).toBeLessThan(0.055);
    expect(Math.abs(meanBurst(isHere) / meanBurst(drawn) - 1)).toBeLessThan(0.4);
  });

  test('at rate 1, and on a link that is down, leave nothing', async () => {
    await attach();
    expect(count(await arrived(state({ lossRate: 1 }), { count: 100, everyMs: 1 }))).toBe(0);
    const burst = { p: 0.1, r: 0.1, lossInBad: 0.5, lossInGood: 0 };
    expect(count(await arrived(state({ up: false, burst }), { count: 100, everyMs: 1 }))).toBe(0);
    expect(count(await arrived(state({}), { count: 100, everyMs: 1 }))).toBe(100);
  });
});

describe('a rate that two links share in the kernel', () => {
  test('is that of both together, and a link alone has all of it', async () => {
    const uplink = { name: 'a/up', rateKbps: 2000 };
    const ports = [ECHO_PORT, OTHER_ECHO_PORT];
    const classes = ports.map((destinationPort) => ({
      link: `to-${destinationPort}`,
      device: 'wire-a',
      match: { destination: '198.18.0.2', destinationPort },
      shared: uplink,
    }));
    shaper = await NetemShaper.attach({ classes, exemptPorts: [] }, hosts.a.enter);
    await shaper.apply(new Map(classes.map(({ link }) => [link, state({ rateKbps: 2000, delayUs: 10_000 })])));
    expect(await shaper.check()).toEqual([]);
    /** From the first answer to the last of 50 datagrams to each port: 1250 bytes on the wire, 5 ms at the rate. */
    const spanMs = async (to: readonly number[]): Promise<number> => {
      const orders = to.map((port) => ({ address: '198.18.0.2', port, count: 50, everyMs: 0, bytes: 1208 }));
      const backAtMs = (await hosts.a.probeAll(orders)).flatMap((report) => report.backAtMs);
      expect(backAtMs).not.toContain(null);
      return Math.max(...(backAtMs as number[])) - Math.min(...(backAtMs as number[]));
    };
    const alone = await spanMs([ECHO_PORT]);
    const together = await spanMs(ports);
    expect(alone).toBeGreaterThan(0.9 * 245);
    expect(alone).toBeLessThan(1.5 * 245);
    expect(together).toBeGreaterThan(0.9 * 495);
  });
});

describe('a queue with a bound in the kernel', () => {
  const BYTES = 1208; // with 42 of UDP, IP and Ethernet: 1250 on the wire, 10 ms at a megabit a second
  const RATE = { rateKbps: 1000, delayUs: 40_000 };

  /** How many of `packets` sent at once the simulator lets through. */
  const modelled = (queue: QueueBound, packets: number): number => {
    const serialiser = new Serialiser();
    const link = state({ ...RATE, queue });
    const left = Array.from(
      { length: packets },
      () => !serialiser.isFull(0, link) && serialiser.leaveAtMs(BYTES + 42, 0, link) > 0,
    );
    return left.filter(Boolean).length;
  };

  test.each(['tail', 'front'] as const)(
    'that drops from its %s loses what the simulator loses, but for a few',
    async (drop) => {
      await attach();
      const queue = { limit: 200, unit: 'ms', drop } as const;
      const isHere = await arrived(state({ ...RATE, queue }), { count: 100, everyMs: 0, bytes: BYTES });
      const ours = modelled(queue, 100);
      expect(Math.abs(count(isHere) - ours)).toBeLessThanOrEqual(6); // the kernel counts packets of 1500 bytes
      const [first, last] = [isHere.slice(0, 15), isHere.slice(-15)].map(count);
      expect(drop === 'tail' ? [first, last] : [last, first! < 5]).toEqual(drop === 'tail' ? [15, 0] : [15, true]);
    },
  );

  test.each(['tail', 'front'] as const)('that drops from its %s lets through the rate and no more', async (drop) => {
    await attach();
    const queue = { limit: 100, unit: 'ms', drop } as const;
    await shaper.apply(new Map([['a-b', state({ ...RATE, queue })]]));
    // A datagram each 5 ms, or as fast as this computer can, where the link takes one each 10 ms.
    const order = { address: '198.18.0.2', port: ECHO_PORT, count: 300, everyMs: 5, bytes: BYTES, patienceMs: 1500 };
    const { sentAtMs, backAtMs } = await hosts.a.probe(order);
    const spanMs = sentAtMs.at(-1)! - sentAtMs[0]!;
    const here = count(backAtMs.map((atMs) => atMs !== null));
    expect(here).toBeGreaterThan(Math.min(300, 0.8 * (spanMs / 10)));
    expect(here).toBeLessThanOrEqual(spanMs / 10 + 15); // the queue at the end, and one that was being sent
  });

  test('follows a rate that changes, and leaves no trace', async () => {
    await attach();
    const queue = { limit: 100, unit: 'ms', drop: 'front' } as const;
    for (const rateKbps of [1000, 4000, 2000]) {
      await shaper.apply(new Map([['a-b', state({ rateKbps, queue })]]));
      expect(await shaper.check()).toEqual([]);
    }
    await shaper.apply(new Map([['a-b', state({})]]));
    expect(await shaper.check()).toEqual([]);
    const qdiscs = (): string => run('ip netns exec starlane-a tc qdisc show dev wire-a');
    expect(qdiscs()).not.toContain('tbf');
    await shaper.close();
    expect(qdiscs()).toContain('noqueue');
  });
});
