import type { BurstLoss, LinkState, QueueBound } from '../../links/model/link-model.ts';
import { wholeChain } from '../../links/model/packet-loss.ts';

/** All parameters that the kernel plays a link with: it forgets those that a change does not repeat. */
export interface NetemTuple {
  readonly delayUs: number;
  readonly jitterUs: number;
  /** Independent loss; 0 where there is a chain, which includes it: netem takes one loss model. */
  readonly lossRate: number;
  readonly burst: BurstLoss | null;
  readonly rateKbps: number;
  /** How many packets netem holds: those in flight, and those that wait for the rate. One more is dropped. */
  readonly limitPackets: number;
  /** How many packets wait before the rate in a queue that drops from its front; null for a link without one. */
  readonly frontPackets: number | null;
}

/** The parameters for a state, in the kernel's units. A link that is down loses every packet. */
export const netemTuple = ({ up, delayUs, jitterUs, lossRate, rateKbps, burst, queue }: LinkState): NetemTuple => {
  const wholeDelayUs = Math.max(0, Math.round(delayUs));
  const rate = rateKbps > 0 ? Math.max(1, Math.round(rateKbps)) : UNLIMITED_KBPS;
  const isBursty = up && burst !== undefined;
  const tuple = {
    delayUs: wholeDelayUs,
    jitterUs: Math.min(wholeDelayUs, Math.max(0, Math.round(jitterUs))),
    lossRate: isBursty ? 0 : up ? shareOf(lossRate) : 1,
    burst: isBursty ? wholeChain(burst, shareOf(lossRate)) : null,
    rateKbps: rate,
  };
  const waiting = queue === undefined || rateKbps === 0 ? null : waitingPackets(queue, rate);
  const isFront = waiting !== null && queue?.drop === 'front';
  const limitPackets = waiting === null || isFront ? roomFor(tuple) : waiting + packetsUnderWay(tuple);
  return { ...tuple, limitPackets, frontPackets: isFront ? waiting : null };
};

export const isSameTuple = (a: NetemTuple, b: NetemTuple): boolean =>
  a.delayUs === b.delayUs &&
  a.jitterUs === b.jitterUs &&
  a.lossRate === b.lossRate &&
  a.rateKbps === b.rateKbps &&
  a.limitPackets === b.limitPackets &&
  a.frontPackets === b.frontPackets &&
  (a.burst === b.burst || (a.burst !== null && b.burst !== null && CHAIN.every((of) => a.burst![of] === b.burst![of])));

/** The numbers of a chain, in netem's order. */
export const CHAIN = ['p', 'r', 'lossInBad', 'lossInGood'] as const;

/** Where a link has no rate. */
export const UNLIMITED_KBPS = 10_000_000;

type InFlight = Pick<NetemTuple, 'delayUs' | 'jitterUs' | 'rateKbps'>;

/** At full rate, in packets of a full MTU, as segmentation is off. */
const packetsUnderWay = ({ delayUs, jitterUs, rateKbps }: InFlight, times = 1): number =>
  Math.ceil((times * ((rateKbps * (delayUs + jitterUs)) / 1000)) / (MTU_BYTES * 8));

/** Room for one and a half times the packets in flight, where the queue has no bound. */
const roomFor = (tuple: InFlight): number =>
  Math.min(MOST_PACKETS, Math.max(LEAST_PACKETS, packetsUnderWay(tuple, 1.5)));

/** At least one: the kernel sends no packet that cannot wait. */
const waitingPackets = ({ limit, unit }: QueueBound, rateKbps: number): number => {
  const bytes = unit === 'bytes' ? limit : (limit * rateKbps) / 8;
  return Math.min(MOST_PACKETS, Math.max(1, Math.ceil(bytes / MTU_BYTES)));
};

const shareOf = (value: number): number => Math.min(1, Math.max(0, value));

const MTU_BYTES = 1500;
const LEAST_PACKETS = 1000; // netem's own default: small packets are many, at any rate
const MOST_PACKETS = 100_000; // about 200 MB when full

/** The state of a link before the first one is set: everything passes at once. */
export const PASS: NetemTuple = netemTuple({ up: true, delayUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 });
