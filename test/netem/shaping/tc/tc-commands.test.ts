import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LinkState } from '../../../../netem/links/model/link-model.ts';
import { type ShapingPlan, treesOf } from '../../../../netem/shaping/tc/shaping-plan.ts';
import { changeLine, netemTuple, PASS, retargetLines, treeLines } from '../../../../netem/shaping/tc/tc-commands.ts';

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

const lineFor = (change: Partial<LinkState>): string => changeLine(treesOf(PLAN)[0]!, 0, netemTuple(state(change)));

describe('a tree', () => {
  test('is one a device: exempt ports before links, everything else past it', () => {
    const [eth0, eth1] = treesOf(PLAN);
    expect(treeLines(eth0!, [netemTuple(state({})), PASS])).toEqual([
      'qdisc add dev eth0 root handle 5a1e: htb default 0 direct_qlen 10000',
      'class add dev eth0 parent 5a1e: classid 5a1e:1 htb rate 100gbit ceil 100gbit burst 1mb cburst 1mb quantum 60000',
      'qdisc add dev eth0 parent 5a1e:1 netem delay 12050us 300us loss 0.1% rate 178000kbit limit 1000',
      'class add dev eth0 parent 5a1e: classid 5a1e:2 htb rate 100gbit ceil 100gbit burst 1mb cburst 1mb quantum 60000',
      'qdisc add dev eth0 parent 5a1e:2 netem delay 0us 0us loss 0% rate 10000000kbit limit 1000',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::1 u32 match ip sport 9464 0xffff flowid 5a1e:',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::2 u32 match ip dport 9464 0xffff flowid 5a1e:',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::100 u32 match ip dst 198.18.0.2/32 match ip dport 50051 0xffff flowid 5a1e:1',
      'filter add dev eth0 parent 5a1e: protocol ip prio 1 handle 800::101 u32 match ip dst 198.18.0.2/32 match ip sport 4000 0xffff flowid 5a1e:2',
    ]);
    expect(treeLines(eth1!, [PASS]).at(-1)).toBe(
      'filter add dev eth1 parent 5a1e: protocol ip prio 1 handle 800::100 u32 match ip dst 198.18.1.2/32 flowid 5a1e:1',
    );
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
