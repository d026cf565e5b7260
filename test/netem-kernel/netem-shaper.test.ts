import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  ECHO_PORT,
  EXEMPT_PORT,
  OTHER_ECHO_PORT,
  roundTripsMs,
  run,
  type TwoHosts,
  twoHosts,
} from '../../benchmarks/parity/io/two-hosts.ts';
import { quantile } from '../../core/stats/quantile.ts';
import type { LinkState } from '../../netem/links/model/link-model.ts';
import { NetemShaper } from '../../netem/shaping/tc/io/netem-shaper.ts';
import { netemSupport } from '../../netem/shaping/tc/io/netem-support.ts';
import type { ShapingPlan } from '../../netem/shaping/tc/shaping-plan.ts';

const state = (change: Partial<LinkState>): LinkState => ({
  up: true,
  delayUs: 0,
  jitterUs: 0,
  lossRate: 0,
  rateKbps: 0,
  ...change,
});

/** The computer under the test is slow and shared: a probe may be this late without anything being wrong. */
const SLACK_MS = 15;

let hosts: TwoHosts;
let shaper: NetemShaper | undefined;

const forward: ShapingPlan = {
  classes: [{ link: 'a-b', device: 'wire-a', match: { destination: '198.18.0.2' } }],
  exemptPorts: [EXEMPT_PORT],
};
const back: ShapingPlan = {
  classes: [{ link: 'b-a', device: 'wire-b', match: { destination: '198.18.0.1' } }],
  exemptPorts: [EXEMPT_PORT],
};

const attach = async (plan = forward): Promise<NetemShaper> => {
  shaper = await NetemShaper.attach(plan, hosts.a.enter);
  return shaper;
};
const set = (change: Partial<LinkState>, link = 'a-b'): Promise<void> =>
  shaper!.apply(new Map([[link, state(change)]]));
const probe = (count: number, everyMs: number, port = ECHO_PORT, patienceMs = 2000) =>
  hosts.a.probe({ address: '198.18.0.2', port, count, everyMs, patienceMs });
/** Nothing makes a packet faster, and much makes one slower: the least round trip tells best what the link adds. */
const leastMs = async (port = ECHO_PORT): Promise<number> => roundTripsMs(await probe(15, 10, port))[0]!;
const qdiscs = (): string => run('ip netns exec starlane-a tc qdisc show dev wire-a');
/** What a veth sent, where a superpacket counts as one: a qdisc counts its segments. */
const sentPackets = (): number =>
  Number(run('ip netns exec starlane-a cat /sys/class/net/wire-a/statistics/tx_packets'));
const gsoMaxSegs = (): string | undefined =>
  /gso_max_segs (\d+)/.exec(run('ip -n starlane-a -d link show wire-a'))?.[1];

beforeAll(async () => {
  hosts = await twoHosts();
});
afterEach(async () => {
  await shaper?.close();
  shaper = undefined;
});
afterAll(async () => hosts?.close());

describe('the kernel', () => {
  test('has what shaping needs, and looking for it leaves nothing behind', async () => {
    expect(await netemSupport(hosts.a.enter)).toEqual({ supported: true });
    expect(run('ip netns exec starlane-a tc qdisc show dev lo')).toContain('noqueue');
  });

  test('says why when a right is missing', async () => {
    const support = await netemSupport([...hosts.a.enter, 'setpriv', '--bounding-set=-net_admin', '--']);
    expect(support).toEqual({ supported: false, reason: expect.stringContaining('CAP_NET_ADMIN') });
  });
});

describe('a shaper', () => {
  test('passes everything until it gets a state', async () => {
    await attach();
    expect(await leastMs()).toBeLessThan(SLACK_MS);
  });

  test('delays by what was asked, in one direction only', async () => {
    await attach();
    const other = await NetemShaper.attach(back, hosts.b.enter);
    await set({ delayUs: 40_000 });
    const oneWay = await leastMs();
    await other.apply(new Map([['b-a', state({ delayUs: 10_000 })]]));
    const bothWays = await leastMs();
    await other.close();
    expect(oneWay).toBeGreaterThan(39.9);
    expect(oneWay).toBeLessThan(40 + SLACK_MS);
    expect(bothWays).toBeGreaterThan(49.9);
    expect(bothWays).toBeLessThan(50 + SLACK_MS);
  });

  test('keeps jitter within its half-width', async () => {
    await attach();
    await set({ delayUs: 50_000, jitterUs: 20_000 });
    const trips = roundTripsMs(await probe(60, 30));
    expect(trips[0]).toBeGreaterThan(29.9);
    expect(trips[0]).toBeLessThan(45);
    expect(quantile(trips, 0.9)).toBeGreaterThan(55);
    expect(quantile(trips, 0.75)).toBeLessThan(70 + SLACK_MS);
  });

  test('loses everything while the link is down, nothing before and after, and about its share when it is lossy', async () => {
    await attach();
    expect((await probe(30, 2)).order).toHaveLength(30);
    await set({ up: false });
    expect((await probe(30, 2)).order).toHaveLength(0);
    await set({});
    expect((await probe(30, 2)).order).toHaveLength(30);
    await set({ lossRate: 0.3 });
    const arrived = (await probe(400, 1)).order.length;
    expect(arrived).toBeGreaterThan(220); // 280 +- 9 at one sigma
    expect(arrived).toBeLessThan(340);
  });

  test('lets no more through than the rate', async () => {
    await attach();
    await set({ rateKbps: 1000 });
    const report = await hosts.a.probe({ address: '198.18.0.2', port: ECHO_PORT, count: 60, everyMs: 0, bytes: 1208 });
    const back = report.backAtMs.map((atMs) => atMs ?? Number.NaN);
    const spanMs = back.at(-1)! - back[0]!;
    expect(report.order).toHaveLength(60);
    expect(spanMs).toBeGreaterThan(0.97 * 590); // 59 frames of 1250 bytes at 1 Mbit/s
    expect(spanMs).toBeLessThan(1.5 * 590);
  });

  test('keeps the order of packets when the delay falls', async () => {
    await attach();
    await set({ delayUs: 80_000 });
    const probing = probe(200, 3);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await set({ delayUs: 5_000, jitterUs: 4_000 });
    const report = await probing;
    const trips = roundTripsMs(report);
    expect([trips.at(-1)! > 79, trips[0]! < 60]).toEqual([true, true]); // it fell while they were sent
    expect(report.order).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  test('leaves alone the exempt ports and what belongs to no link', async () => {
    await attach({
      classes: [{ ...forward.classes[0]!, match: { destination: '198.18.0.2', destinationPort: ECHO_PORT } }],
      exemptPorts: [EXEMPT_PORT],
    });
    await set({ delayUs: 60_000 });
    expect(await leastMs()).toBeGreaterThan(59.9);
    expect(await leastMs(OTHER_ECHO_PORT)).toBeLessThan(SLACK_MS);
    await shaper!.close();
    await attach();
    await set({ delayUs: 60_000 });
    expect(await leastMs(OTHER_ECHO_PORT)).toBeGreaterThan(59.9);
    expect(await leastMs(EXEMPT_PORT)).toBeLessThan(SLACK_MS);
  });

  test('follows a peer to its new address', async () => {
    await attach({ ...forward, classes: [{ ...forward.classes[0]!, match: { destination: '198.18.0.77' } }] });
    await set({ delayUs: 40_000 });
    expect(await leastMs()).toBeLessThan(SLACK_MS);
    await shaper!.retarget('a-b', { destination: '198.18.0.2' });
    expect(await leastMs()).toBeGreaterThan(39.9);
    expect(await shaper!.check()).toEqual([]);
  });

  test('shapes segments, not the superpackets of TCP', async () => {
    await attach();
    await set({ delayUs: 5000 });
    const before = sentPackets();
    await hosts.a.stream({ address: '198.18.0.2', bytes: 1_000_000 });
    expect(sentPackets() - before).toBeGreaterThan(1_000_000 / 1448);
    expect((await shaper!.counters()).get('a-b')!.bytes).toBeGreaterThan(1_000_000);
    expect(gsoMaxSegs()).toBe('1');
  });

  test('applies 500 changes, and reports how long a batch takes', async () => {
    await attach();
    for (let step = 0; step < 500; step++) await set({ delayUs: 1000 + step, lossRate: step / 1000, rateKbps: step });
    expect(await shaper!.check()).toEqual([]);
    expect(shaper!.counts).toEqual({ changes: 500, repairs: 0 });
    await set({ delayUs: 1499, lossRate: 0.499, rateKbps: 499 });
    expect(shaper!.counts.changes).toBe(500); // nothing differs
    const { applyTime } = shaper!;
    console.log(`batch of 1 change: p50 ${applyTime.quantileUs(0.5)} us, p99 ${applyTime.quantileUs(0.99)} us`);
  });

  test('repairs and reports a tree that somebody deleted, a leaf that somebody changed, a filter that is gone', async () => {
    await attach();
    await set({ delayUs: 40_000 });
    run('ip netns exec starlane-a tc qdisc del dev wire-a root');
    expect(await shaper!.check()).toEqual(['wire-a: has noqueue at its root, not our tree']);
    expect(await leastMs()).toBeGreaterThan(39.9);
    run('ip netns exec starlane-a tc qdisc change dev wire-a parent 5a1e:1 netem delay 1ms rate 10gbit limit 1000');
    expect(await shaper!.check()).toEqual([
      'wire-a: a-b: delayUs is 1000, should be 40000, limitPackets is 1000, should be 50000',
    ]);
    run('ip netns exec starlane-a tc filter del dev wire-a parent 5a1e: protocol ip prio 1 handle 800::100 u32');
    expect(await shaper!.check()).toEqual(['wire-a: has lost its filter: match ip dst 198.18.0.2/32']);
    run('ip netns exec starlane-a tc qdisc del dev wire-a root');
    await expect(set({ delayUs: 41_000 })).rejects.toThrow('tc qdisc change dev wire-a');
    expect(await shaper!.check()).toHaveLength(1);
    expect(await shaper!.check()).toEqual([]);
    expect(await leastMs()).toBeGreaterThan(40.9);
    expect(shaper!.counts.repairs).toBe(4);
  });

  test('takes over from one that was killed, and leaves no trace when it closes', async () => {
    const [enter, ...words] = hosts.a.enter;
    const victim = fileURLToPath(new URL('./victim.ts', import.meta.url));
    const child = spawn(enter!, [...words, process.execPath, victim, JSON.stringify(forward)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(qdiscs()).toContain('netem');
    await attach();
    expect(await leastMs()).toBeLessThan(SLACK_MS); // and not the delay of the victim
    expect(await shaper!.check()).toEqual([]);
    await shaper!.close();
    await shaper!.close();
    expect(qdiscs()).toBe('qdisc noqueue 0: root refcnt 2 \n');
    expect(gsoMaxSegs()).toBe('65535');
    expect(run('ip netns pids starlane-a').trim().split('\n')).toHaveLength(1); // the host itself, and no tc
  });

  test('does not touch a device that somebody else shapes, or that is missing', async () => {
    run('ip netns exec starlane-a tc qdisc add dev wire-a root handle 1: pfifo limit 77');
    await expect(attach()).rejects.toThrow('wire-a is shaped by somebody else (pfifo 1:)');
    expect(qdiscs()).toContain('limit 77p');
    expect(gsoMaxSegs()).toBe('65535');
    run('ip netns exec starlane-a tc qdisc del dev wire-a root');
    await expect(attach({ ...forward, classes: [{ ...forward.classes[0]!, device: 'nowhere' }] })).rejects.toThrow(
      'Cannot find device "nowhere"',
    );
  });

  test('outlives the tc that it talks to', async () => {
    await attach();
    const pids = run('ip netns pids starlane-a').trim().split('\n').map(Number);
    const tc = pids.find((pid) => run(`cat /proc/${pid}/comm`).trim() === 'tc')!;
    process.kill(tc, 'SIGKILL');
    await set({ delayUs: 30_000 }).catch(() => set({ delayUs: 30_000 })); // the batch that meets its end may fail
    expect(await leastMs()).toBeGreaterThan(29.9);
  });
});
