import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import type { LinkState } from '../../../../netem/links/model/link-model.ts';
import { freeLine, Serialiser } from '../../../../netem/links/model/serialiser.ts';
import { PacketLink } from '../../../../netem/links/transport/packet-link.ts';

/** 1434 bytes of payload and 66 of headers take a millisecond. */
const MILLISECOND_BYTES = 1434;
const STATE: LinkState = { up: true, delayUs: 10_000, jitterUs: 0, lossRate: 0, rateKbps: 12_000 };

const linkOf = (change: Partial<LinkState>, serialiser = new Serialiser()): PacketLink => {
  const state = { ...STATE, ...change };
  const link = { stateAt: () => state, nextChangeAfter: () => null };
  return new PacketLink({ name: 'a-b/forward', link, rng: seededRng(1), serialiser });
};
const LOST = Number.POSITIVE_INFINITY;

describe('a packet on a link', () => {
  test('is lost when it finds the bounded queue full, and else waits for its rate', () => {
    const link = linkOf({ queue: { limit: 1.5, unit: 'ms', drop: 'tail' } });
    const sent = [0, 0, 0, 0, 0.6, 20].map((atMs) => link.transmit(MILLISECOND_BYTES, atMs));
    expect(sent.map((atMs) => (atMs === LOST ? atMs : Math.round(atMs * 1e6) / 1e6))).toEqual([
      11,
      12,
      LOST,
      LOST,
      13,
      31,
    ]);
  });

  test('waits for those of a link that shares a line with its own', () => {
    const line = freeLine();
    const [one, other] = [0, 1].map(() => linkOf({}, new Serialiser([{ line, rateKbps: null }])));
    expect(one!.transmit(MILLISECOND_BYTES, 0)).toBeCloseTo(11, 9);
    expect(other!.transmit(MILLISECOND_BYTES, 0)).toBeCloseTo(12, 9);
  });

  test('is lost in bursts as well, and so is an acknowledgement', () => {
    const link = linkOf({ burst: { p: 0.05, r: 0.2, lossInBad: 1, lossInGood: 0 }, rateKbps: 0 });
    const lost = (send: (atMs: number) => number): number =>
      Array.from({ length: 50_000 }, (_, atMs) => send(atMs)).filter((atMs) => atMs === LOST).length / 50_000;
    expect(lost((atMs) => link.transmit(100, atMs))).toBeCloseTo(0.2, 1);
    expect(lost((atMs) => link.acknowledge(50_000 + atMs))).toBeCloseTo(0.2, 1);
  });
});
