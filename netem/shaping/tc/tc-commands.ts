import { CHAIN, type NetemTuple, UNLIMITED_KBPS } from './netem-tuple.ts';
import type { DeviceTree, Match } from './shaping-plan.ts';

/*
 * Lines for `tc -batch`. A device has one tree:
 *
 *   htb 5a1e:            packets without a filter go straight out of htb's direct queue, without any rate
 *   |-- 5a1e:1 -- netem  the first link of the device, in a class with a rate that never delays anything
 *   |-- 5a1e:2 -- netem  the second
 *   |-- 5a1e:f00         a rate that two links share: each has a class below, with its netem, and borrows from it
 *   |-- 5a1e:3 -- netem -- tbf -- pfifo_head_drop  one whose queue drops from its front: tbf has the rate, netem the delay
 *   `-- u32 800::        exempt ports first, to the direct queue; then one filter a link
 *
 * netem always gets a rate, 10 Gbit/s where the link has none. With a rate, netem counts a packet's time from that of the last
 * packet that it holds, so neither a delay that falls nor jitter lets a packet overtake another: a packet sent after the delay
 * fell waits behind those sent before. Without a rate netem sorts by time, and TCP takes the new order for loss.
 */

/** The handle by which we recognise our tree. */
export const ROOT_HANDLE = '5a1e:';

/** The whole tree, on a device without one; `tuples` has one for each class, in order. */
export const treeLines = (tree: DeviceTree, tuples: readonly NetemTuple[]): readonly string[] => [
  `qdisc add dev ${tree.device} root handle ${ROOT_HANDLE} htb default 0 direct_qlen ${DIRECT_PACKETS}`,
  ...sharedClasses(tree).map(
    ({ id, rateKbps }) =>
      `class add dev ${tree.device} parent ${ROOT_HANDLE} classid ${id} htb ${rateWords(rateKbps, rateKbps)}`,
  ),
  ...tree.classes.flatMap((_, index) => [
    classLine(tree, index),
    `qdisc add dev ${tree.device} parent ${classId(index)} handle ${netemHandle(index)} netem ${netemWords(tuples[index]!)}`,
    ...frontLines(tree, index, tuples[index]!.frontPackets, tuples[index]!.rateKbps),
  ]),
  ...filters(tree).map(({ handle, words, flow }) => filterLine(tree.device, handle, words, flow)),
];

const classLine = (tree: DeviceTree, index: number): string => {
  const shared = sharedClasses(tree).find(({ members }) => members.includes(index));
  const words =
    shared === undefined
      ? UNLIMITED_CLASS
      : // A class with the whole rate would never ask its parent: it gets its share, and borrows the rest.
        rateWords(Math.max(1, Math.floor(shared.rateKbps / shared.members.length)), shared.rateKbps);
  return `class add dev ${tree.device} parent ${shared?.id ?? ROOT_HANDLE} classid ${classId(index)} htb ${words}`;
};

const rateWords = (rateKbps: number, ceilKbps: number): string =>
  `rate ${rateKbps}kbit ceil ${ceilKbps}kbit burst ${SHARED_BURST_BYTES} cburst ${SHARED_BURST_BYTES} quantum 1514`;

/** The rates that more than one link of the device share, as classes above those of the links. */
const sharedClasses = ({ classes }: DeviceTree) => {
  const byName = Map.groupBy(classes.keys(), (index) => classes[index]!.shared?.name);
  return [...byName]
    .filter(([name, members]) => name !== undefined && members.length > 1)
    .map(([, members], place) => ({
      id: `${ROOT_HANDLE}${(FIRST_SHARED + place).toString(16)}`,
      rateKbps: Math.round(classes[members[0]!]!.shared!.rateKbps),
      members,
    }))
    .filter(({ rateKbps }) => rateKbps > 0);
};

/** Removes the tree, with all that hangs from it. */
export const removeLine = (device: string): string => `qdisc del dev ${device} root`;

/** A new state for the link at `index` of the tree; `had` is the state before. */
export const changeLines = (tree: DeviceTree, index: number, tuple: NetemTuple, had: NetemTuple): readonly string[] => [
  `qdisc change dev ${tree.device} parent ${classId(index)} netem ${netemWords(tuple)}`,
  ...(tuple.frontPackets === null && had.frontPackets !== null
    ? [`qdisc del dev ${tree.device} parent ${rateParent(index)}`]
    : frontLines(tree, index, tuple.frontPackets, tuple.rateKbps)),
];

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
const netemWords = (tuple: NetemTuple): string => {
  const { delayUs, jitterUs, rateKbps, limitPackets, frontPackets } = tuple;
  const kbps = frontPackets === null ? rateKbps : UNLIMITED_KBPS;
  return `delay ${delayUs}us ${jitterUs}us ${lossWords(tuple)} rate ${kbps}kbit limit ${limitPackets}`;
};

const lossWords = ({ lossRate, burst }: NetemTuple): string =>
  burst === null ? `loss ${percent(lossRate)}` : `loss gemodel ${CHAIN.map((of) => percent(burst[of])).join(' ')}`;

const percent = (share: number): string => `${Number((share * 100).toFixed(7))}%`;

/**
 * The rate of a link that drops from its front, and its queue, behind netem. A change of tbf sets the limit of its queue to
 * its own number, whatever the unit, so both get the same. The kernel's queue of that kind counts packets.
 */
const frontLines = ({ device }: DeviceTree, index: number, packets: number | null, rateKbps: number) =>
  packets === null
    ? []
    : [
        `qdisc replace dev ${device} parent ${rateParent(index)} handle ${rateHandle(index)} tbf rate ${rateKbps}kbit burst ${RATE_BURST_BYTES} limit ${packets}`,
        `qdisc replace dev ${device} parent ${frontParent(index)} handle ${frontHandle(index)} pfifo_head_drop limit ${packets}`,
      ];

const netemHandle = (index: number): string => `${(0x100 + index).toString(16)}:`;
const rateHandle = (index: number): string => `${(0x1000 + index).toString(16)}:`;
const frontHandle = (index: number): string => `${(0x2000 + index).toString(16)}:`;

/** What hangs behind the netem of a link, and behind its rate there. */
export const rateParent = (index: number): string => `${netemHandle(index)}1`;
export const frontParent = (index: number): string => `${rateHandle(index)}1`;

// One priority is one table of the kernel, always 800:, in which the lower number is asked first: exempt ports are below 0x100.
const filterHandle = (number: number): string => `800::${number.toString(16)}`;
const linkFilter = (index: number): string => filterHandle(0x100 + index);
const PRIORITY = 1;

const UNLIMITED_CLASS = 'rate 100gbit ceil 100gbit burst 1mb cburst 1mb quantum 60000';
/** Two packets, so that a shared rate lets no burst through. */
const SHARED_BURST_BYTES = 3200;

/** Above the classes of all links. */
const FIRST_SHARED = 0xf00;

const DIRECT_PACKETS = 10_000;

/** A packet of a full MTU with its Ethernet header, and no second one. */
const RATE_BURST_BYTES = 1600;
