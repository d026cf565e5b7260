import { describe, expect, test } from 'vitest';
import { treesOf } from '../../../../netem/shaping/tc/shaping-plan.ts';
import { netemTuple } from '../../../../netem/shaping/tc/tc-commands.ts';
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
