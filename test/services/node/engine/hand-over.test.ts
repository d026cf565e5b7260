import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { withDataParallel } from '../../../../services/node/engine/data-parallel.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import { HandOver } from '../../../../services/node/engine/hand-over.ts';
import { limitsSchema } from '../../../../services/node/engine/limits.ts';
import type { Profile } from '../../../../services/node/engine/profile.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import type { EngineRequest } from '../../../../services/node/engine/request.ts';
import { noNoise } from '../../../../services/node/engine/step-noise.ts';
import { Transfer } from '../../../../services/node/engine/transfer.ts';
import { anyLoad, Recorder, request } from './engine-under-test.ts';

const KV_BYTES = 131_072;

/** One batch, two of their own, and two in lock step. */
const PROFILES = [
  profileOf('h100-llama8b'),
  withDataParallel(profileOf('h100-llama8b'), 2, 'dataParallel'),
  profileOf('rtxpro6000-qwen3-30b-a3b-dp2'),
];

const setUp = ({
  delayMs = 0,
  gbps = Number.POSITIVE_INFINITY,
  prefill = {},
  decode = {},
  profile = profileOf('h100-llama8b'),
}: {
  readonly delayMs?: number;
  readonly gbps?: number;
  readonly prefill?: Record<string, unknown>;
  readonly decode?: Record<string, unknown>;
  readonly profile?: Profile;
} = {}) => {
  const clock = new VirtualClock();
  const engineOf = (name: string, limits: Record<string, unknown>): Engine =>
    new Engine({
      name,
      profile,
      limits: limitsSchema.parse(limits),
      noise: noNoise,
      ingestMs: 0,
      clock,
      rng: seededRng(1)(name),
    });
  const [from, to, alone] = [engineOf('prefill', prefill), engineOf('decode', decode), engineOf('alone', {})];
  const transfer = new Transfer({ delayMs, gbps, kvBytesPerToken: KV_BYTES });
  const node = {
    engine: to,
    takesOver: () => true,
    reached: (leave: (atMs: number) => void, atMs: number) => leave(atMs),
  };
  /** By two engines. */
  const send = (asked: EngineRequest): Recorder => {
    const listener = new Recorder();
    const handedOn = { ...asked, isHandedOn: asked.outputTokens > 1 };
    from.submit(handedOn, new HandOver({ clock, request: handedOn, listener, from, to: [node], transfer }));
    return listener;
  };
  const sendAlone = (asked: EngineRequest): Recorder => {
    const listener = new Recorder();
    alone.submit(asked, listener);
    return listener;
  };
  return { clock, from, to, send, sendAlone };
};

const tokenTimes = ({ lines }: Recorder): number[] =>
  lines.filter((line) => line.startsWith('tokens')).map((line) => Number(line.split(' ')[1]));

const isFree = (engine: Engine): boolean => {
  const { running, waiting, kvUsage } = engine.report(0);
  return running === 0 && waiting === 0 && kvUsage === 0;
};

describe('an answer by two engines', () => {
  test('has the tokens and the end that one engine gives it, where the transfer costs nothing and both are idle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 60 }), (prompt, output) => {
        const { clock, send, sendAlone } = setUp();
        const [split, whole] = [send(request(1, prompt, output)), sendAlone(request(1, prompt, output))];
        clock.runUntil(60_000);
        expect(split.lines).toEqual(whole.lines);
        expect(split.ends).toEqual(['answered']);
      }),
      { numRuns: 50 },
    );
  });

  test('has its second token later by the delay there and back and the bytes over the rate', () => {
    const [delayMs, gbps, prompt] = [7, 50, 3000];
    const { clock, send, sendAlone } = setUp({ delayMs, gbps });
    const [split, whole] = [send(request(1, prompt, 5)), sendAlone(request(1, prompt, 5))].map((listener) => listener);
    clock.runUntil(60_000);
    const [times, plain] = [tokenTimes(split!), tokenTimes(whole!)];
    const laterMs = 2 * delayMs + (prompt * KV_BYTES * 8) / (gbps * 1e6);
    expect(laterMs).toBeCloseTo(76.91456, 9);
    expect(times[0]).toBe(plain[0]);
    for (const place of [1, 2, 3, 4]) expect(times[place]! - plain[place]!).toBeCloseTo(laterMs, 6);
  });

  test('waits for the transfers before its own', () => {
    const { clock, send } = setUp({ gbps: 1 });
    const [first, second] = [send(request(1, 100, 2)), send(request(2, 100, 2))];
    clock.runUntil(60_000);
    const transferMs = (100 * KV_BYTES * 8) / 1e6;
    expect(tokenTimes(second)[1]! - tokenTimes(first)[1]!).toBeCloseTo(transferMs, 0);
  });

  test('sends only what the prefix cache of the decode node lacks', () => {
    const { clock, send } = setUp({ gbps: 1 });
    const prefix = [{ key: 'system', tokens: 1600 }];
    const one = send({ ...request(1, 1650, 2), prefix });
    clock.runUntil(5000);
    const other = send({ ...request(2, 1650, 2), prefix });
    clock.runUntil(10_000);
    const [gap, cachedGap] = [one, other].map((each) => tokenTimes(each)[1]! - tokenTimes(each)[0]!) as [
      number,
      number,
    ];
    expect(gap - cachedGap).toBeCloseTo((1600 * KV_BYTES * 8) / 1e6, 3);
  });

  test('goes on at the first engine where the other refuses it', () => {
    const { clock, to, send } = setUp({ decode: { maxWaiting: 0 } });
    const asked = send(request(1, 500, 9));
    clock.runUntil(5000);
    expect(asked.ends).toEqual(['answered']);
    expect(asked.tokens).toBe(9);
    expect(to.report(0).stepMs).toBe(setUp().to.report(0).stepMs); // it never made a step
  });

  test('waits for a place at the other, and keeps its blocks until then', () => {
    const { clock, from, to, send } = setUp({ decode: { maxNumSeqs: 1 } });
    const [first, second] = [send(request(1, 100, 50)), send(request(2, 100, 3))];
    clock.runUntil(60);
    expect(to.report(60)).toMatchObject({ running: 1, waiting: 1 });
    expect(from.report(60)).toMatchObject({ running: 0, waiting: 0 });
    expect(from.report(60).kvUsage).toBeGreaterThan(0);
    clock.runUntil(5000);
    expect(tokenTimes(second)[1]).toBeGreaterThan(tokenTimes(first)[49]!);
    expect([isFree(from), isFree(to)]).toEqual([true, true]);
  });

  test('lets a prompt begin that waited for its blocks', () => {
    const { clock, send } = setUp({ gbps: 1, prefill: { kvTokens: 1600 } });
    const [first, second] = [send(request(1, 1200, 3)), send(request(2, 1200, 3))];
    clock.runUntil(20_000);
    expect(tokenTimes(second)[0]! - tokenTimes(first)[0]!).toBeGreaterThan((1200 * KV_BYTES * 8) / 1e6);
    expect([first.ends, second.ends]).toEqual([['answered'], ['answered']]);
  });

  test('lets a prompt begin that waited for its blocks when it is cancelled', () => {
    const { clock, from, send } = setUp({ gbps: 1, prefill: { kvTokens: 1600 } });
    const [first, second] = [send(request(1, 1200, 3)), send(request(2, 1200, 3))];
    clock.runUntil(500);
    from.cancel(1);
    clock.runUntil(20_000);
    expect(first.ends).toEqual(['cancelled']);
    expect(tokenTimes(second)[0]).toBeLessThan(600);
    expect(second.ends).toEqual(['answered']);
  });

  test.each(['prefill', 'decode'] as const)('fails where its %s node dies, and leaves nothing', (dead) => {
    for (const atMs of [15, 200, 1300]) {
      const { clock, from, to, send } = setUp({ gbps: 1, delayMs: 5 });
      const asked = send(request(1, 1000, 100));
      clock.runUntil(atMs);
      (dead === 'prefill' ? from : to).crash();
      clock.runUntil(30_000);
      const isEarly = dead === 'decode' && atMs === 15; // it holds nothing yet
      expect(asked.ends).toEqual([isEarly ? 'answered' : 'failed']);
      expect([isFree(from), isFree(to)]).toEqual([true, true]);
    }
  });

  test('ends at its deadline, in the middle of the transfer or after it', () => {
    for (const deadlineAtMs of [300, 1300]) {
      const { clock, from, to, send } = setUp({ gbps: 1, delayMs: 5 });
      const asked = send(request(1, 1000, 100, deadlineAtMs));
      clock.runUntil(30_000);
      expect(asked.lines.at(-1)).toBe(`expired ${deadlineAtMs}`);
      expect([isFree(from), isFree(to)]).toEqual([true, true]);
    }
  });

  test('ends once under any load, with small caches on both sides, and nothing is left', () => {
    const limits = fc.record({
      kvTokens: fc.constantFrom(640, 1024, 4096),
      maxNumSeqs: fc.constantFrom(1, 3, 64),
      maxNumBatchedTokens: fc.constantFrom(64, 512),
      asyncScheduling: fc.boolean(),
    });
    fc.assert(
      fc.property(
        anyLoad,
        limits,
        limits,
        fc.constantFrom(0, 3),
        fc.constantFrom(1, 100),
        fc.option(fc.nat(2000)),
        fc.constantFrom(...PROFILES),
        (load, prefill, decode, delayMs, gbps, crashAtMs, profile) => {
          const { clock, from, to, send } = setUp({ prefill, decode, delayMs, gbps, profile });
          const asked: { listener: Recorder; output: number }[] = [];
          load.forEach(({ atMs, prompt, output, cancelAfterMs, deadlineAfterMs }, id) => {
            clock.at(atMs, () => {
              const deadline = deadlineAfterMs === null ? undefined : atMs + deadlineAfterMs;
              asked.push({ listener: send(request(id, prompt, output, deadline)), output });
            });
            if (cancelAfterMs !== null) clock.at(atMs + cancelAfterMs, () => from.cancel(id));
          });
          if (crashAtMs !== null) clock.at(crashAtMs, () => to.crash());
          for (const atMs of [500, 1500])
            clock.at(atMs, () => expect(from.forecastFirstTokenMs(50, atMs)).toBeGreaterThan(atMs));
          clock.runUntil(600_000);
          for (const { listener, output } of asked) {
            expect(listener.ends.length).toBe(1);
            if (listener.ends[0] === 'answered') expect(listener.tokens).toBe(output);
            else expect(listener.tokens).toBeLessThanOrEqual(output);
            const times = tokenTimes(listener);
            expect(times).toEqual(times.toSorted((a, b) => a - b));
          }
          expect([from, to].map((engine) => engine.report(0).waiting + engine.report(0).running)).toEqual([0, 0]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is not held up by the long prompts of others, as it is where one engine does both', () => {
    const slowest = (isSplit: boolean): number => {
      const { clock, send, sendAlone } = setUp({ gbps: 400 });
      const ask = isSplit ? send : sendAlone;
      const answers = Array.from({ length: 20 }, (_, id) => ask(request(id, 100, 300)));
      for (let id = 100; id < 110; id++) clock.at(200 + (id - 100) * 150, () => void ask(request(id, 8000, 2)));
      clock.runUntil(60_000);
      const gaps = answers.flatMap((answer) => {
        const times = tokenTimes(answer);
        return times.slice(2).map((atMs, index) => atMs - times[index + 1]!);
      });
      return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.99)]!;
    };
    expect(slowest(true)).toBeLessThan(slowest(false) / 3);
  });
});
