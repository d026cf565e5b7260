import { describe, expect, test } from 'vitest';
import type { Ms } from '../../../core/time/clock.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import type { LinkModel, LinkState } from '../../../netem/links/model/link-model.ts';
import { LinkPlayer } from '../../../netem/shaping/link-player.ts';
import type { Shaper } from '../../../netem/shaping/shaper.ts';

const state = (delayUs: number): LinkState => ({ up: true, delayUs, jitterUs: 0, lossRate: 0, rateKbps: 0 });

/** A link that has these delays from these instants on. */
const link = (delaysUs: Readonly<Record<number, number>>): LinkModel => {
  const atMs = Object.keys(delaysUs).map(Number);
  return {
    stateAt: (askedMs) => state(delaysUs[atMs.findLast((ms) => ms <= askedMs)!]!),
    nextChangeAfter: (afterMs) => atMs.find((ms) => ms > afterMs) ?? null,
  };
};

/** A shaper that needs `tookMs` for everything and writes down what it was told. */
class SlowShaper implements Shaper {
  readonly batches: { readonly atMs: Ms; readonly delaysUs: Readonly<Record<string, number>> }[] = [];
  readonly checksAtMs: Ms[] = [];
  problems: readonly string[] = [];
  fails = false;
  readonly #clock: VirtualClock;
  readonly #tookMs: Ms;

  constructor(clock: VirtualClock, tookMs: Ms) {
    this.#clock = clock;
    this.#tookMs = tookMs;
  }

  async apply(states: ReadonlyMap<string, LinkState>): Promise<void> {
    const delaysUs = Object.fromEntries([...states].map(([name, { delayUs }]) => [name, delayUs]));
    this.batches.push({ atMs: this.#clock.now(), delaysUs });
    await this.#pass();
    if (this.fails) throw new Error('no such device');
  }

  async check(): Promise<readonly string[]> {
    this.checksAtMs.push(this.#clock.now());
    await this.#pass();
    return this.problems;
  }

  async close(): Promise<void> {}

  #pass(): Promise<void> {
    return new Promise((resolve) => this.#clock.at(this.#clock.now() + this.#tookMs, () => resolve()));
  }
}

const play = async (
  links: Readonly<Record<string, LinkModel>>,
  { untilMs, tookMs = 1, with: prepare = () => {} }: { untilMs: Ms; tookMs?: Ms; with?: (shaper: SlowShaper) => void },
) => {
  const clock = new VirtualClock();
  const shaper = new SlowShaper(clock, tookMs);
  prepare(shaper);
  const faults: string[] = [];
  const player = new LinkPlayer(new Map(Object.entries(links)), shaper, {
    clock,
    onFault: (text) => faults.push(text),
  });
  player.start();
  // Promises settle between two steps of the clock.
  for (let atMs = 0; atMs <= untilMs; atMs++) {
    clock.runUntil(atMs);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
  return { ...shaper, batches: shaper.batches, checksAtMs: shaper.checksAtMs, faults, player };
};

describe('a link player', () => {
  test('starts with every link, then sends what changes when it changes, together where it changes together', async () => {
    const { batches } = await play(
      { a: link({ 0: 10, 50: 11, 70: 12 }), b: link({ 0: 20, 50: 21 }), c: link({ 0: 30 }) },
      { untilMs: 100 },
    );
    expect(batches).toEqual([
      { atMs: 0, delaysUs: { a: 10, b: 20, c: 30 } },
      { atMs: 50, delaysUs: { a: 11, b: 21 } },
      { atMs: 70, delaysUs: { a: 12 } },
    ]);
  });

  test('sends nothing for a change to an equal state', async () => {
    const { batches } = await play({ a: link({ 0: 10, 50: 10, 60: 10, 70: 12 }) }, { untilMs: 100 });
    expect(batches.map(({ atMs }) => atMs)).toEqual([0, 70]);
  });

  test('plays both edges of a burst, however short', async () => {
    const { batches } = await play({ a: link({ 0: 10, 500: 99, 502: 10 }) }, { untilMs: 600 });
    expect(batches.map(({ atMs }) => atMs)).toEqual([0, 500, 502]);
  });

  test('while a batch is under way, only the newest state of each link waits', async () => {
    const delays = Object.fromEntries(Array.from({ length: 100 }, (_, ms) => [ms, 1000 + ms]));
    const { batches, player } = await play({ a: link(delays), b: link({ 0: 1, 5: 2 }) }, { untilMs: 150, tookMs: 30 });
    expect(batches).toEqual([
      { atMs: 0, delaysUs: { a: 1000, b: 1 } },
      { atMs: 30, delaysUs: { a: 1030, b: 2 } },
      { atMs: 60, delaysUs: { a: 1060 } },
      { atMs: 90, delaysUs: { a: 1090 } },
      { atMs: 120, delaysUs: { a: 1099 } },
    ]);
    expect(player.lateness.maxUs).toBe(59_000); // due at 1, known to hold at 60
  });

  test('lets the shaper check itself when idle, and passes on what it found', async () => {
    const { checksAtMs, faults } = await play(
      { a: link({ 0: 10 }) },
      { untilMs: 1600, with: (shaper) => (shaper.problems = ['eth0: the tree is gone']) },
    );
    expect(checksAtMs).toEqual([500, 1001, 1502]);
    expect(faults).toEqual(Array(3).fill('eth0: the tree is gone'));
  });

  test('a check keeps clear of a change that is about to fall due', async () => {
    const { checksAtMs, batches } = await play({ a: link({ 0: 10, 510: 11 }) }, { untilMs: 600, tookMs: 5 });
    expect(batches.map(({ atMs }) => atMs)).toEqual([0, 510]);
    expect(checksAtMs).toEqual([515]);
  });

  test('checks all the same where changes never pause', async () => {
    const delays = Object.fromEntries(Array.from({ length: 300 }, (_, step) => [step * 10, 1000 + step]));
    const { checksAtMs } = await play({ a: link(delays) }, { untilMs: 2900 });
    expect(checksAtMs.length).toBeGreaterThanOrEqual(2);
  });

  test('a batch that fails is reported, and the shaper checked at once', async () => {
    const { faults, checksAtMs } = await play(
      { a: link({ 0: 10 }) },
      { untilMs: 100, with: (shaper) => (shaper.fails = true) },
    );
    expect(faults).toEqual(['no such device']);
    expect(checksAtMs).toEqual([1]);
  });

  test('sends nothing after it is closed', async () => {
    const { player, batches } = await play({ a: link({ 0: 10, 50: 11 }) }, { untilMs: 20 });
    await player.close();
    expect(batches).toHaveLength(1);
  });
});
