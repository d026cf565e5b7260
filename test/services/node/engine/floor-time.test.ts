import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import { floorTimesOf } from '../../../../services/node/engine/floor-time.ts';
import { limitsOf, limitsSchema } from '../../../../services/node/engine/limits.ts';
import { profiles } from '../../../../services/node/engine/profiles.ts';

const NAMES = [...profiles.keys()];

const request = fc.record({
  atMs: fc.nat(400),
  promptTokens: fc.integer({ min: 1, max: 6000 }),
  outputTokens: fc.integer({ min: 1, max: 40 }),
  sharedTokens: fc.constantFrom(0, 0, 100, 1500),
});

test('no engine answers a request faster, whatever else it does and whatever its noise', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...NAMES),
      fc.constantFrom(0, 0.05, 0.3),
      fc.array(request, { minLength: 1, maxLength: 12 }),
      fc.nat(1000),
      (name, sigma, requests, seed) => {
        const profile = profiles.get(name)!;
        const noise = { sigma, stallProbability: 0, stallMinMs: 0, stallMaxMs: 0 };
        const options = { profile, noise, limits: limitsOf(limitsSchema.parse({}), profile), ingestMs: 2 };
        const floor = floorTimesOf(options);
        const clock = new VirtualClock();
        const engine = new Engine({ ...options, name, clock, rng: seededRng(seed)('engine') });
        for (const [id, { atMs, promptTokens, outputTokens, sharedTokens }] of requests.entries()) {
          let firstAtMs = Number.NaN;
          const prefix = sharedTokens === 0 ? [] : [{ key: 'shared', tokens: Math.min(sharedTokens, promptTokens) }];
          const cached = prefix[0]?.tokens ?? 0;
          clock.at(atMs, () =>
            engine.submit(
              { id, promptTokens, outputTokens, maxOutputTokens: outputTokens, prefix },
              {
                onScheduled: () => {},
                onTokens: (_count, nowMs) => {
                  if (!Number.isNaN(firstAtMs)) return;
                  firstAtMs = nowMs;
                  expect(nowMs - atMs).toBeGreaterThanOrEqual(floor.firstTokenMs(promptTokens, cached) - 1e-6);
                },
                onEnd: (_end, nowMs) => {
                  const further = floor.furtherTokensMs(promptTokens, outputTokens);
                  expect(nowMs - firstAtMs).toBeGreaterThanOrEqual(further - 1e-6);
                },
              },
            ),
          );
        }
        clock.runUntil(60_000);
        expect(engine.report(60_000).running).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('alone and without noise an engine takes exactly the floor, where the prompt fits into one step', () => {
  const profile = profiles.get('h100-llama8b')!;
  const noise = { sigma: 0, stallProbability: 0, stallMinMs: 0, stallMaxMs: 0 };
  const options = { profile, noise, limits: limitsOf(limitsSchema.parse({}), profile), ingestMs: 2 };
  const floor = floorTimesOf(options);
  const clock = new VirtualClock();
  const engine = new Engine({ ...options, name: 'n', clock, rng: seededRng(1)('engine') });
  const atMs: number[] = [];
  engine.submit(
    { id: 1, promptTokens: 900, outputTokens: 30, maxOutputTokens: 30 },
    { onScheduled: () => {}, onTokens: (_count, nowMs) => void atMs.push(nowMs), onEnd: () => {} },
  );
  clock.runUntil(10_000);
  expect(atMs[0]).toBeCloseTo(floor.firstTokenMs(900, 0), 6);
  expect(atMs.at(-1)! - atMs[0]!).toBeGreaterThanOrEqual(floor.furtherTokensMs(900, 30) - 1e-6);
  expect(atMs.at(-1)! - atMs[0]!).toBeLessThan(floor.furtherTokensMs(900, 30) * 1.01);
});
