import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LinkState } from '../../../../netem/links/model/link-model.ts';
import { netemTuple, PASS } from '../../../../netem/shaping/tc/netem-tuple.ts';
import { type ShapingPlan, treesOf } from '../../../../netem/shaping/tc/shaping-plan.ts';
import { changeLines, retargetLines, treeLines } from '../../../../netem/shaping/tc/tc-commands.ts';

const PLAN: ShapingPlan = {
  classes: [
    { link: 'london-paris/laser', device: 'eth0', match: { destination: '198.18.0.2', destinationPort: 50_051 } },
    { link: 'london-paris/fibre', device: 'eth0', match: { destination: '198.18.0.2', sourcePort: 4000 } },
    { link: 'london-tokyo/laser', device: 'eth1', match: { destination: '198.18.1.2' } },
  ],
  exemptPorts: [9464],
};

const state = (change: Partial<LinkState>): LinkState => ({
  up: true,
  delayUs: 12_050,
  jitterUs: 300,
  lossRate: 0.001,
  rateKbps: 178_000,
  ...change,
});

const linesFor = (change: Partial<LinkState>, had = PASS): readonly string[] =>
  changeLines(treesOf(PLAN)[0]!, 0, netemTuple(state(change)), had);
const lineFor = (change: Partial<LinkState>): string => {
  const [line, ...more] = linesFor(change);
  expect(more).toEqual([]);
  return line!;
};

describe('a tree', () => {
  test('is one a device: exempt ports before links, everything else past it', () => {
    const [eth0, eth1] = treesOf(PLAN);
    expect(treeLines(eth0!, [netemTuple(state({})), PASS])).toEqual([
      'qdisc add dev eth0 root handle 5a1e: htb default 0 direct_qlen 10000',
      'class add dev eth0 parent 5a1e: classid 5a1e:1 htb rate 100gbit ceil 100gbit burst 1mb cburst 1mb quantum 60000',
      'qdisc add dev eth0 parent 5a1e:1 handle 100: netem delay 12050us 300us loss 0.1% rate 178000kbit limit 1000',
      'class add dev eth0 parent 5a1e: classid 5a1e:2 htb rate 100gbit ceil 100gbit burst 1mb cburst 1mb quantum 60000',
      'qdisc add dev eth0 parent 5a1e:2 handle 101: netem delay 0us 0us loss 0% rate 10000000kbit limit 1000',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::1 u32 match ip sport 9464 0xffff flowid 5a1e:',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::2 u32 match ip dport 9464 0xffff flowid 5a1e:',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::100 u32 match ip dst 198.18.0.2/32 match ip dport 50051 0xffff flowid 5a1e:1',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::101 u32 match ip dst 198.18.0.2/32 match ip sport 4000 0xffff flowid 5a1e:2',
    ]);
    expect(treeLines(eth1!, [PASS]).at(-1)).toBe(
      'filter add dev eth1 parent 5a1e: protocol ip prio 1 handle 800::100 u32 match ip dst 198.18.1.2/32 flowid 5a1e:1',
    );
  });

  test('has a class for a rate that links share, from which each borrows; alone, a link shares with nobody', () => {
    const uplink = { name: 'london/up', rateKbps: 200_000 };
    const shared = (links: readonly number[]) => {
      const classes = [0, 1, 2].map((index) => ({
        link: `link-${index}`,
        device: 'eth0',
        match: { destination: `198.18.0.${index + 2}` },
        ...(links.includes(index) ? { shared: uplink } : {}),
      }));
      const lines = treeLines(treesOf({ classes, exemptPorts: [] })[0]!, [PASS, PASS, PASS]);
      return lines.filter((line) => line.startsWith('class'));
    };
    const free = 'rate 100gbit ceil 100gbit burst 1mb cburst 1mb quantum 60000';
    const borrows = 'rate 100000kbit ceil 200000kbit burst 3200 cburst 3200 quantum 1514';
    expect(shared([0, 2])).toEqual([
      'class add dev eth0 parent 5a1e: classid 5a1e:f00 htb rate 200000kbit ceil 200000kbit burst 3200 cburst 3200 quantum 1514',
      `class add dev eth0 parent 5a1e:f00 classid 5a1e:1 htb ${borrows}`,
      `class add dev eth0 parent 5a1e: classid 5a1e:2 htb ${free}`,
      `class add dev eth0 parent 5a1e:f00 classid 5a1e:3 htb ${borrows}`,
    ]);
    expect(shared([1])).toEqual(shared([]));
  });

  test('gives a link whose peer moved a new filter of the old number', () => {
    expect(retargetLines(treesOf(PLAN)[0]!, 1, { destination: '198.18.0.9' })).toEqual([
      'filter del dev eth0 parent 5a1e: protocol ip prio 1 handle 800::101 u32',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::101 u32 match ip dst 198.18.0.9/32 flowid 5a1e:2',
    ]);
  });
});

describe('a change', () => {
  test('sets all parameters every time: whole microseconds, a rate even where there is none, loss to a billionth', () => {
    expect(lineFor({ delayUs: 80_000.4, jitterUs: 0, lossRate: 1e-7, rateKbps: 0 })).toBe(
      'qdisc change dev eth0 parent 5a1e:1 netem delay 80000us 0us loss 0.00001% rate 10000000kbit limit 100000',
    );
  });

  test('of a link that is down loses every packet', () => {
    expect(lineFor({ up: false })).toContain(' loss 100% ');
  });

  test('leaves room for 1.5 times the bytes in flight, within a minimum and a maximum', () => {
    const limit = (change: Partial<LinkState>): number => netemTuple(state(change)).limitPackets;
    expect(limit({ rateKbps: 17_000 })).toBe(1000);
    expect(limit({ rateKbps: 1_000_000, delayUs: 100_000, jitterUs: 0 })).toBe(12_500);
    expect(limit({ rateKbps: 0, delayUs: 150_000 })).toBe(100_000);
  });

  test('of a bursty link sets the chain of netem, with the independent loss in both of its states', () => {
    const burst = { p: 0.01, r: 0.25, lossInBad: 0.5, lossInGood: 0 };
    expect(lineFor({ burst, lossRate: 0 })).toContain(' loss gemodel 1% 25% 50% 0% rate ');
    expect(lineFor({ burst, lossRate: 0.1 })).toContain(' loss gemodel 1% 25% 55% 10% rate ');
    expect(lineFor({ burst, up: false })).toContain(' loss 100% rate ');
  });

  test('of a queue with a bound that drops from its tail leaves room for it, and for what is in flight', () => {
    const at = { rateKbps: 12_000, delayUs: 50_000, jitterUs: 0 }; // a packet takes 1 ms: 50 are in flight
    const limit = (queue: LinkState['queue']): number => netemTuple(state({ ...at, queue: queue! })).limitPackets;
    expect(limit({ limit: 20, unit: 'ms', drop: 'tail' })).toBe(70);
    expect(limit({ limit: 15_000, unit: 'bytes', drop: 'tail' })).toBe(60);
    expect(limit({ limit: 0, unit: 'bytes', drop: 'tail' })).toBe(51);
  });

  test('of one that drops from its front moves the rate to a tbf behind netem, and sets its queue after it', () => {
    const queue = { limit: 20, unit: 'ms', drop: 'front' } as const;
    const at = { rateKbps: 12_000, delayUs: 50_000, jitterUs: 0, lossRate: 0 };
    const lines = linesFor({ ...at, queue });
    expect(lines).toEqual([
      'qdisc change dev eth0 parent 5a1e:1 netem delay 50000us 0us loss 0% rate 10000000kbit limit 1000',
      'qdisc replace dev eth0 parent 100:1 handle 1000: tbf rate 12000kbit burst 1600 limit 20',
      'qdisc replace dev eth0 parent 1000:1 handle 2000: pfifo_head_drop limit 20',
    ]);
    expect(treeLines(treesOf(PLAN)[1]!, [netemTuple(state({ ...at, queue }))]).slice(2, 5)).toEqual([
      'qdisc add dev eth1 parent 5a1e:1 handle 100: netem delay 50000us 0us loss 0% rate 10000000kbit limit 1000',
      ...lines.slice(1).map((line) => line.replace('eth0', 'eth1')),
    ]);
    expect(linesFor(at, netemTuple(state({ ...at, queue })))).toEqual([
      'qdisc change dev eth0 parent 5a1e:1 netem delay 50000us 0us loss 0% rate 12000kbit limit 1000',
      'qdisc del dev eth0 parent 100:1',
    ]);
  });

  test('is one line of plain words for any state', () => {
    const states = fc.record({
      up: fc.boolean(),
      delayUs: fc.double({ min: 0, max: 1e7, noNaN: true }),
      jitterUs: fc.double({ min: 0, max: 1e6, noNaN: true }),
      lossRate: fc.double({ min: 0, max: 1, noNaN: true }),
      rateKbps: fc.double({ min: 0, max: 1e8, noNaN: true }),
    });
    const line = /^qdisc change dev eth0 parent 5a1e:1 netem delay \d+us \d+us loss [\d.e-]+% rate \d+kbit limit \d+$/;
    fc.assert(
      fc.property(states, (any) => {
        expect(lineFor(any)).toMatch(line);
        const { delayUs, jitterUs, lossRate } = netemTuple(any);
        expect(jitterUs).toBeLessThanOrEqual(delayUs);
        expect(lossRate).toBe(any.up ? any.lossRate : 1);
      }),
    );
  });
});

describe('a plan', () => {
  const [first] = PLAN.classes;
  const plan = (change: object, exemptPorts = [9464]): ShapingPlan => ({
    classes: [{ ...first!, ...change }],
    exemptPorts,
  });

  test.each([
    ['a link that is there twice', { ...PLAN, classes: [first!, first!] }, 'twice'],
    ['a device that would be two words', plan({ device: 'eth0 root' }), 'no name of a device'],
    ['an address that is none', plan({ match: { destination: '198.18.0.256' } }), 'no IPv4 address'],
    ['an address with more behind it', plan({ match: { destination: '198.18.0.2\nqdisc' } }), 'no IPv4 address'],
    ['a port that is none', plan({ match: { destination: '198.18.0.2', sourcePort: 0 } }), '0 is no port'],
    ['an exempt port that is none', plan({}, [65_536]), '65536 is no port'],
  ])('%s is refused', (_, wrong, message) => {
    expect(() => treesOf(wrong)).toThrow(message);
  });
});
