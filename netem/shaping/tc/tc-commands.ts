import type { LinkState } from '../../links/model/link-model.ts';
import type { DeviceTree, Match } from './shaping-plan.ts';

/*
 * Lines for `tc -batch`. A device has one tree:
 *
 *   htb 5a1e:            packets without a filter go straight out of htb's direct queue, without any rate
 *   |-- 5a1e:1 -- netem  the first link of the device, in a class with a rate that never delays anything
 *   |-- 5a1e:2 -- netem  the second
 *   `-- u32 800::        exempt ports first, to the direct queue; then one filter a link
 *
 * netem always gets a rate, 10 Gbit/s where the link has none. With a rate, netem counts a packet's time from that of the last
 * packet that it holds, so neither a delay that falls nor jitter lets a packet overtake another: a packet sent after the delay
 * fell waits behind those sent before. Without a rate netem sorts by time, and TCP takes the new order for loss.
 */

/** The handle by which we recognise our tree. */
export const ROOT_HANDLE = '5a1e:';

/** All parameters of netem: it forgets those that a change does not repeat. */
export interface NetemTuple {
  readonly delayUs: number;
  readonly jitterUs: number;
  readonly lossRate: number;
  readonly rateKbps: number;
  readonly limitPackets: number;
}

/** The netem parameters for a state, in netem's units. A link that is down loses every packet. */
export const netemTuple = ({ up, delayUs, jitterUs, lossRate, rateKbps }: LinkState): NetemTuple => {
  const wholeDelayUs = Math.max(0, Math.round(delayUs));
  const tuple = {
    delayUs: wholeDelayUs,
    jitterUs: Math.min(wholeDelayUs, Math.max(0, Math.round(jitterUs))),
    lossRate: up ? Math.min(1, Math.max(0, lossRate)) : 1,
    rateKbps: rateKbps > 0 ? Math.max(1, Math.round(rateKbps)) : UNLIMITED_KBPS,
  };
  return { ...tuple, limitPackets: limitPackets(tuple) };
};

/** The whole tree, on a device without one; `tuples` has one for each class, in order. */
export const treeLines = (tree: DeviceTree, tuples: readonly NetemTuple[]): readonly string[] => [
  `qdisc add dev ${tree.device} root handle ${ROOT_HANDLE} htb default 0 direct_qlen ${DIRECT_PACKETS}`,
  ...tree.classes.flatMap((_, index) => [
    `class add dev ${tree.device} parent ${ROOT_HANDLE} classid ${classId(index)} htb ${UNLIMITED_CLASS}`,
    `qdisc add dev ${tree.device} parent ${classId(index)} netem ${netemWords(tuples[index]!)}`,
  ]),
  ...filters(tree).map(({ handle, words, flow }) => filterLine(tree.device, handle, words, flow)),
];

/** Removes the tree, with all that hangs from it. */
export const removeLine = (device: string): string => `qdisc del dev ${device} root`;

/** A new state for the link at `index` of the tree. */
export const changeLine = ({ device }: DeviceTree, index: number, tuple: NetemTuple): string =>
  `qdisc change dev ${device} parent ${classId(index)} netem ${netemWords(tuple)}`;

/** Gives the link at `index` other packets. The kernel keeps the keys of a filter that is replaced, so it is deleted first. */
export const retargetLines = ({ device }: DeviceTree, index: number, match: Match): readonly string[] => [
  `filter del dev ${device} parent ${ROOT_HANDLE} protocol ip prio ${PRIORITY} handle ${linkFilter(index)} u32`,
  filterLine(device, linkFilter(index), matchWords(match), classId(index)),
];

export const showQdiscsLine = (device: string): string => `qdisc show dev ${device}`;
export const showFiltersLine = (device: string): string => `filter show dev ${device} parent ${ROOT_HANDLE}`;

/** `5a1e:1` for the first link of a device, and so on in hexadecimal. */
export const classId = (index: number): string => `${ROOT_HANDLE}${(index + 1).toString(16)}`;

/** Handle and target of every filter of the tree: reading it back must find all of them. */
export const filters = ({ classes, exemptPorts }: DeviceTree) => [
  ...exemptPorts
    .flatMap((port) => [`match ip sport ${port} 0xffff`, `match ip dport ${port} 0xffff`])
    .map((words, index) => ({ handle: filterHandle(index + 1), words, flow: ROOT_HANDLE })),
  ...classes.map(({ match }, index) => ({
    handle: linkFilter(index),
    words: matchWords(match),
    flow: classId(index),
  })),
];

const filterLine = (device: string, handle: string, words: string, flow: string): string =>
  `filter add dev ${device} parent ${ROOT_HANDLE} protocol ip prio ${PRIORITY} handle ${handle} u32 ${words} flowid ${flow}`;

const matchWords = ({ destination, sourcePort, destinationPort }: Match): string =>
  [
    `match ip dst ${destination}/32`,
    ...(sourcePort === undefined ? [] : [`match ip sport ${sourcePort} 0xffff`]),
    ...(destinationPort === undefined ? [] : [`match ip dport ${destinationPort} 0xffff`]),
  ].join(' ');

// "kbit", as "kbps" would be bytes; whole microseconds, as a fraction of a millisecond depends on who prints it.
const netemWords = ({ delayUs, jitterUs, lossRate, rateKbps, limitPackets }: NetemTuple): string =>
  `delay ${delayUs}us ${jitterUs}us loss ${Number((lossRate * 100).toFixed(7))}% rate ${rateKbps}kbit limit ${limitPackets}`;

/** Room for one and a half times the bytes in flight at full rate, in packets of a full MTU, as segmentation is off. */
const limitPackets = (tuple: Pick<NetemTuple, 'delayUs' | 'jitterUs' | 'rateKbps'>): number => {
  const underWayBits = (tuple.rateKbps * (tuple.delayUs + tuple.jitterUs)) / 1000;
  return Math.min(MOST_PACKETS, Math.max(LEAST_PACKETS, Math.ceil((1.5 * underWayBits) / (MTU_BYTES * 8))));
};

// One priority is one table of the kernel, always 800:, in which the lower number is asked first: exempt ports are below 0x100.
const filterHandle = (number: number): string => `800::${number.toString(16)}`;
const linkFilter = (index: number): string => filterHandle(0x100 + index);
const PRIORITY = 1;

const UNLIMITED_KBPS = 10_000_000;
const UNLIMITED_CLASS = 'rate 100gbit ceil 100gbit burst 1mb cburst 1mb quantum 60000';
const DIRECT_PACKETS = 10_000;

const MTU_BYTES = 1500;
const LEAST_PACKETS = 1000; // netem's own default: small packets are many, at any rate
const MOST_PACKETS = 100_000; // about 200 MB when full

/** The state of a link before the first one is set: everything passes at once. */
export const PASS: NetemTuple = netemTuple({ up: true, delayUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 });
