import { expect, test } from 'vitest';
import { hashRing } from '../../../router/pick/hash-ring.ts';

const PORTS = [90, 91, 92, 93, 94, 95];

/** The ring of Envoy's own test, `ring_hash_lb_test.cc`, `Basic`. */
const ENVOY = [
  [94, 833437586790550860n],
  [92, 928266305478181108n],
  [90, 1033482794131418490n],
  [95, 3551244743356806947n],
  [93, 3851675632748031481n],
  [91, 5583722120771150861n],
  [91, 6311230543546372928n],
  [93, 7700377290971790572n],
  [95, 13144177310400110813n],
  [92, 13444792449719432967n],
  [94, 15516499411664133160n],
  [90, 16117243373044804889n],
] as const;

const halves = (position: bigint): [high: number, low: number] => [
  Number((position >> 32n) & 0xffffffffn) | 0,
  Number(position & 0xffffffffn) | 0,
];

test('six hosts and twelve places make the ring that Envoy makes', () => {
  const ring = hashRing(
    PORTS.map((port) => `127.0.0.1:${port}`),
    PORTS.map(() => 1),
    { minSize: 12, maxSize: 8_388_608 },
  );
  expect([...ring.members].map((member) => PORTS[member])).toEqual(ENVOY.map(([port]) => port));
  for (const [place, [, position]] of ENVOY.entries()) {
    expect(ring.from(...halves(position))).toBe(place);
    expect(ring.from(...halves(position + 1n))).toBe((place + 1) % 12);
  }
  expect(ring.from(0, 0)).toBe(0);
  expect(ring.from(-1, -1)).toBe(0);
});

test('places are in proportion to weight, and the rarest member has a whole number', () => {
  const ring = hashRing(['a', 'b', 'c'], [1, 2, 5], { minSize: 1024, maxSize: 8_388_608 });
  const counts = [0, 1, 2].map((member) => ring.members.filter((each) => each === member).length);
  expect(counts).toEqual([128, 256, 640]);
});

test('a ring is no larger than it may be', () => {
  expect(hashRing(['a', 'b'], [1, 1000], { minSize: 1024, maxSize: 500 }).size).toBe(500);
});
