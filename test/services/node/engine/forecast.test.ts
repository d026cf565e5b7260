import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withDataParallel } from '../../../../services/node/engine/data-parallel.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { anyLoad, methodsOf, Recorder, request, setUp } from './engine-under-test.ts';

const PROFILES = [
  profileOf('h100-llama8b'),
  withDataParallel(profileOf('h100-llama8b'), 3, 'dp'),
  profileOf('rtxpro6000-qwen3-30b-a3b-dp2'),
];

describe('a forecast of all answers', () => {
  test('is when each of them begins and ends, of those that are there and of one that comes later', () => {
    const conditions = [
      fc.nat({ max: 2000 }),
      fc.nat({ max: 200 }),
      fc.boolean(),
      fc.constantFrom(...PROFILES),
    ] as const;
    fc.assert(
      fc.property(anyLoad, ...conditions, (load, atMs, laterMs, asyncScheduling, profile) => {
        const limits = { maxNumSeqs: 6, kvTokens: 1200, asyncScheduling };
        const { clock, engine } = setUp({ ingestMs: 3, limits, more: { profile } });
        const [firsts, lasts] = [new Map<number, number>(), new Map<number, number>()];
        const submit = (id: number, prompt: number, output: number): void =>
          void engine.submit(request(id, prompt, output), {
            ...methodsOf(new Recorder()),
            onTokens: (_, tokenAtMs) => {
              if (!firsts.has(id)) firsts.set(id, tokenAtMs);
              lasts.set(id, tokenAtMs);
            },
          });
        load.forEach((plan, id) => {
          if (plan.atMs < atMs) clock.at(plan.atMs, () => submit(id, plan.prompt, plan.output));
        });
        clock.runUntil(atMs);
        const [begun, ended] = [new Set(firsts.keys()), new Map(lasts)];
        const coming = { atMs: atMs + laterMs, request: request(1e6, 80, 20) };
        const forecast = engine.forecastAnswers([coming], atMs);
        clock.at(coming.atMs, () => submit(1e6, 80, 20));
        clock.runUntil(1e6);
        expect(forecast.has(1e6)).toBe(true);
        for (const [id, lastAtMs] of lasts) {
          const answer = forecast.get(id);
          if (answer === undefined)
            expect(lastAtMs).toBe(ended.get(id)); // it had its last token before
          else {
            expect(answer.lastAtMs).toBeCloseTo(lastAtMs, 6);
            if (begun.has(id)) expect(answer.firstAtMs).toBeNaN();
            else expect(answer.firstAtMs).toBeCloseTo(firsts.get(id)!, 6);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('of an idle engine is empty, and changes nothing', () => {
    const { engine } = setUp({});
    expect(engine.forecastAnswers([], 5).size).toBe(0);
    const { clock, engine: busy } = setUp({});
    busy.submit(request(1, 100, 10), new Recorder());
    clock.runUntil(8);
    const before = busy.report(8);
    expect([...busy.forecastAnswers([], 8).keys()]).toEqual([1]);
    expect(busy.report(8)).toEqual(before);
  });
});

describe('a forecast of the first token', () => {
  test('is the time at which a request sent now gets it, with any waiting or running requests', () => {
    fc.assert(
      fc.property(
        anyLoad,
        fc.nat({ max: 2000 }),
        fc.integer({ min: 1, max: 500 }),
        fc.boolean(),
        fc.constantFrom(
          profileOf('h100-llama8b'),
          withDataParallel(profileOf('h100-llama8b'), 3, 'dp'),
          profileOf('rtxpro6000-qwen3-30b-a3b-dp2'),
        ),
        (load, atMs, promptTokens, asyncScheduling, profile) => {
          const limits = { maxNumSeqs: 6, kvTokens: 1200, asyncScheduling };
          const { clock, engine } = setUp({ ingestMs: 3, limits, more: { profile } });
          load.forEach((plan, id) => {
            if (plan.atMs < atMs)
              clock.at(plan.atMs, () => void engine.submit(request(id, plan.prompt, plan.output), new Recorder()));
          });
          clock.runUntil(atMs);
          const forecastMs = engine.forecastFirstTokenMs(promptTokens, atMs);
          let firstMs = Number.NaN;
          engine.submit(request(1e6, promptTokens, 1), {
            ...methodsOf(new Recorder()),
            onTokens: (_, tokenAtMs) => (firstMs = tokenAtMs),
          });
          clock.runUntil(1e6);
          expect(forecastMs).toBeCloseTo(firstMs, 6);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('changes nothing, and is Infinity for a request that would be refused', () => {
    const { clock, engine } = setUp({ limits: { maxWaiting: 3, kvTokens: 160 } });
    const recorder = new Recorder();
    engine.submit(request(1, 100, 10), recorder);
    clock.runUntil(8);
    const before = engine.report(8);
    engine.forecastFirstTokenMs(100, 8);
    expect(engine.report(8)).toEqual(before);
    expect(engine.forecastFirstTokenMs(161, 8)).toBe(Number.POSITIVE_INFINITY);
  });
});
