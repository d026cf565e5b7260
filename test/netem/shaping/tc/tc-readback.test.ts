import { describe, expect, test } from 'vitest';
import { netemTuple } from '../../../../netem/shaping/tc/netem-tuple.ts';
import { treesOf } from '../../../../netem/shaping/tc/shaping-plan.ts';
import {
  filterFaults,
  foreignRoot,
  isOurs,
  parseFilters,
  parseQdiscs,
  qdiscFaults,
} from '../../../../netem/shaping/tc/tc-readback.ts';

/*
 * Printed by iproute2 6.1 under Linux 6.1 for a tree of two links: `tc -j -s qdisc show dev X`, and
 * `tc -j filter show dev X parent 5a1e:`. Counters were set by hand.
 */
const QDISCS =
  '[{"kind":"htb","handle":"5a1e:","root":true,"refcnt":2,"options":{"r2q":10,"default":"0","direct_packets_stat":0,"direct_qlen":10000},"bytes":0,"packets":0,"drops":0,"overlimits":0,"requeues":0,"backlog":0,"qlen":0},' +
  '{"kind":"netem","handle":"8001:","parent":"5a1e:1","options":{"limit":1000,"delay":{"delay":0.012049,"jitter":0.000299,"correlation":0},"loss-random":{"loss":0.001,"correlation":0},"rate":{"rate":22250000,"packetoverhead":0,"cellsize":0,"celloverhead":0},"ecn":false,"gap":0},"bytes":1500,"packets":3,"drops":1,"overlimits":0,"requeues":0,"backlog":0,"qlen":0},' +
  '{"kind":"netem","handle":"8002:","parent":"5a1e:2","options":{"limit":100000,"delay":{"delay":1.23457,"jitter":0,"correlation":0},"rate":{"rate":1250000000,"packetoverhead":0,"cellsize":0,"celloverhead":0},"ecn":false,"gap":0},"bytes":0,"packets":0,"drops":0,"overlimits":0,"requeues":0,"backlog":0,"qlen":0}]';
const NO_QDISC =
  '[{"kind":"noqueue","handle":"0:","root":true,"refcnt":2,"options":{},"bytes":0,"packets":0,"drops":0,"overlimits":0,"requeues":0,"backlog":0,"qlen":0}]';
const FILTERS =
  '[{"protocol":"ip","pref":1,"kind":"u32","chain":0},{"protocol":"ip","pref":1,"kind":"u32","chain":0,"options":{"fh":"800:","ht_divisor":1}},' +
  '{"protocol":"ip","pref":1,"kind":"u32","chain":0,"options":{"fh":"800::1","order":1,"key_ht":"800","bkt":"0","flowid":"5a1e:","not_in_hw":true,"match":{"value":"24f80000","mask":"ffff0000","offmask":"","off":20}}},' +
  '{"protocol":"ip","pref":1,"kind":"u32","chain":0,"options":{"fh":"800::2","order":2,"key_ht":"800","bkt":"0","flowid":"5a1e:","not_in_hw":true,"match":{"value":"24f8","mask":"ffff","offmask":"","off":20}}},' +
  '{"protocol":"ip","pref":1,"kind":"u32","chain":0,"options":{"fh":"800::100","order":256,"key_ht":"800","bkt":"0","flowid":"5a1e:1","not_in_hw":true,"match":{"value":"c6120002","mask":"ffffffff","offmask":"","off":16},"match":{"value":"c383","mask":"ffff","offmask":"","off":20}}},' +
  '{"protocol":"ip","pref":1,"kind":"u32","chain":0,"options":{"fh":"800::101","order":257,"key_ht":"800","bkt":"0","flowid":"5a1e:2","not_in_hw":true,"match":{"value":"c6120003","mask":"ffffffff","offmask":"","off":16}}}]';

/** Of a link with loss in bursts and a queue that drops from its front. */
const BURSTY =
  '[{"kind":"htb","handle":"5a1e:","root":true,"refcnt":2,"options":{"r2q":10,"default":"0","direct_packets_stat":0,"direct_qlen":10000},"bytes":0,"packets":0,"drops":0,"overlimits":0,"requeues":0,"backlog":0,"qlen":0},' +
  '{"kind":"tbf","handle":"1000:","parent":"100:1","options":{"rate":2375000,"burst":1539,"lat":17246},"bytes":0,"packets":0,"drops":0,"overlimits":0,"requeues":0,"backlog":0,"qlen":0},' +
  '{"kind":"pfifo_head_drop","handle":"2000:","parent":"1000:1","options":{"limit":29},"bytes":0,"packets":0,"drops":0,"overlimits":0,"requeues":0,"backlog":0,"qlen":0},' +
  '{"kind":"netem","handle":"100:","parent":"5a1e:1","options":{"limit":1000,"delay":{"delay":0.012049,"jitter":0.000299,"correlation":0},"loss-gemodel":{"p":0.015,"r":0.25,"1-h":0.9,"1-k":0.0001},"rate":{"rate":1250000000,"packetoverhead":0,"cellsize":0,"celloverhead":0},"ecn":false,"gap":0},"bytes":0,"packets":0,"drops":0,"overlimits":0,"requeues":0,"backlog":0,"qlen":0}]';

const tree = treesOf({
  classes: [
    { link: 'laser', device: 'eth0', match: { destination: '198.18.0.2', destinationPort: 50_051 } },
    { link: 'fibre', device: 'eth0', match: { destination: '198.18.0.3' } },
  ],
  exemptPorts: [9464],
})[0]!;
const asked = [
  netemTuple({ up: true, delayUs: 12_050, jitterUs: 300, lossRate: 0.001, rateKbps: 178_000 }),
  netemTuple({ up: true, delayUs: 1_234_567, jitterUs: 0, lossRate: 0, rateKbps: 0 }),
];
const without = (text: string): string => {
  expect(QDISCS).toContain(text);
  return QDISCS.replace(text, '');
};

describe('what tc prints', () => {
  test('is what was asked for, within what tc rounds', () => {
    expect(qdiscFaults(tree, asked, parseQdiscs(QDISCS))).toEqual([]);
    expect(filterFaults(tree, parseFilters(FILTERS))).toEqual([]);
  });

  test('reports what passed through', () => {
    expect(parseQdiscs(QDISCS)[1]).toMatchObject({ parent: '5a1e:1', packets: 3, bytes: 1500, dropped: 1 });
  });

  test.each([
    ['"delay":0.012049', '"delay":0.012046', 'delayUs is 12046, should be 12050'],
    ['"jitter":0.000299', '"jitter":0', 'jitterUs is 0, should be 300'],
    ['"loss":0.001', '"loss":0.00100002', 'lossRate is 0.00100002, should be 0.001'],
    ['"rate":22250000', '"rate":22249000', 'rateKbps is 177992, should be 178000'],
    ['"limit":1000,', '"limit":1001,', 'limitPackets is 1001, should be 1000'],
  ])('%s that became %s is a fault of that link', (before, after, problem) => {
    const [fault, ...more] = qdiscFaults(tree, asked, parseQdiscs(QDISCS.replace(before, after)));
    expect(fault).toEqual({ kind: 'link', index: 0, problem: `eth0: laser: ${problem}` });
    expect(more).toEqual([]);
  });

  test('a loss that is no longer there is a fault', () => {
    const quiet = without('"loss-random":{"loss":0.001,"correlation":0},');
    expect(qdiscFaults(tree, asked, parseQdiscs(quiet))[0]?.problem).toContain('lossRate is 0, should be 0.001');
  });

  test('a chain and a queue that drops from its front are read back, and each difference is a fault of the link', () => {
    const queue = { limit: 29, unit: 'bytes', drop: 'front' } as const;
    const burst = { p: 0.015, r: 0.25, lossInBad: 0.9, lossInGood: 0.0001 };
    const link = { up: true, delayUs: 12_050, jitterUs: 300, lossRate: 0, rateKbps: 19_000, burst };
    const bursty = [netemTuple({ ...link, queue: { ...queue, limit: 29 * 1500 } })];
    const one = { ...tree, classes: tree.classes.slice(0, 1) };
    const found = (change: (text: string) => string) => qdiscFaults(one, bursty, parseQdiscs(change(BURSTY)));
    const problem = (from: string, to: string): string | undefined => {
      expect(BURSTY).toContain(from);
      return found((text) => text.replace(from, to))[0]?.problem;
    };
    expect(found((text) => text)).toEqual([]);
    expect(problem('"1-h":0.9', '"1-h":0.8')).toBe('eth0: laser: gemodel lossInBad is 0.8, should be 0.9');
    expect(problem('"loss-gemodel"', '"other"')).toBe('eth0: laser: gemodel is none, should be 0.015 0.25 0.9 0.0001');
    expect(problem('"limit":29', '"limit":30')).toBe('eth0: laser: frontPackets is 30, should be 29');
    expect(problem('"pfifo_head_drop"', '"bfifo"')).toBe('eth0: laser: frontPackets is none, should be 29');
    expect(problem('2375000', '2375900')).toBe('eth0: laser: rateKbps is 19007.2, should be 19000');
  });

  test('a tree that is gone, or lacks a leaf or a filter, is a fault of the tree', () => {
    expect(qdiscFaults(tree, asked, parseQdiscs(NO_QDISC))).toEqual([
      { kind: 'tree', problem: 'eth0: has noqueue at its root, not our tree' },
    ]);
    expect(qdiscFaults(tree, asked, parseQdiscs(QDISCS.replace('5a1e:2', '5a1e:7')))).toEqual([
      { kind: 'tree', problem: 'eth0: has no netem for fibre' },
    ]);
    expect(filterFaults(tree, parseFilters(FILTERS.replace('800::2', '800::3')))).toEqual([
      { kind: 'tree', problem: 'eth0: has lost its filter: match ip dport 9464 0xffff' },
    ]);
  });

  test('tells our tree from that of the kernel and from that of somebody else', () => {
    expect(isOurs(parseQdiscs(QDISCS))).toBe(true);
    expect(isOurs(parseQdiscs(NO_QDISC))).toBe(false);
    expect(foreignRoot(parseQdiscs(QDISCS))).toBeUndefined();
    expect(foreignRoot(parseQdiscs(NO_QDISC))).toBeUndefined();
    expect(foreignRoot(parseQdiscs(NO_QDISC.replace('"0:"', '"1:"')))?.kind).toBe('noqueue');
  });
});
