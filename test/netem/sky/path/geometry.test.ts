import { expect, test } from 'vitest';
import { Geometry } from '../../../../netem/sky/path/geometry.ts';

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 0, 0, 12);
const FIRST_STEP = EPOCH_UNIX_MS / 1000 - 12;

/** A geometry of a minute with two ways, and the steps that they were computed for, in order. */
const twoWays = () => {
  const geometry = new Geometry({ epochUnixMs: EPOCH_UNIX_MS, stepMs: 1000, untilMs: 60_000 });
  const computed: number[] = [];
  const usAt = (step: number, tag: number): number => {
    computed.push(step);
    return step + tag / 8;
  };
  const ways = ['a', 'b'].map((name, tag) => geometry.way(name, { tagOf: () => tag, answers: 2, usAt }));
  return { geometry, computed, ways };
};

test('ways that nobody has asked about are computed together for the whole run, an instant at a time', () => {
  const { geometry, computed, ways } = twoWays();
  const shares = [...geometry.computing()];
  expect(shares.length).toBe(5 * 15); // the minute touches five slots of 15 instants
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  expect(computed.slice(0, 4)).toEqual([computed[0], computed[0], computed[0]! + 1, computed[0]! + 1]);
  computed.length = 0;
  for (const step of [FIRST_STEP + 12, FIRST_STEP + 40, FIRST_STEP + 72]) {
    expect(ways.map((way) => way(step))).toEqual([step, step + 1 / 8]);
  }
  expect([...geometry.computing()]).toEqual([]);
  expect(computed).toEqual([]);
});

test('a question in the middle of that gets its answer, and spoils nothing', () => {
  const { geometry, ways } = twoWays();
  const work = geometry.computing();
  for (let index = 0; index < 5; index++) work.next();
  expect(ways[1]!(FIRST_STEP + 20)).toBe(FIRST_STEP + 20 + 1 / 8);
  for (const _ of work);
  for (const step of [FIRST_STEP + 12, FIRST_STEP + 20, FIRST_STEP + 71]) expect(ways[0]!(step)).toBe(step);
});
