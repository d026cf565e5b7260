import { expect, test } from 'vitest';
import { exponential } from '../../../../core/random/distributions.ts';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import { limitsSchema } from '../../../../services/node/engine/limits.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { noNoise } from '../../../../services/node/engine/step-noise.ts';
import { EMPTY_BATCH, stepTimeOf } from '../../../../services/node/engine/step-time.ts';

// With one sequence at a time and one step for each, the engine is an M/D/1 queue, whose mean wait is known.
// Source: Pollaczek and Khinchine, W = rho * service / (2 * (1 - rho)).
test.each([0.3, 0.5, 0.7])(
  'with Poisson arrivals, one at a time, the mean wait is that of M/D/1, at load %d',
  (load) => {
    const profile = profileOf('h100-llama8b');
    const clock = new VirtualClock();
    const rng = seededRng('theory');
    const limits = limitsSchema.parse({ maxNumSeqs: 1, maxWaiting: 1e6 });
    const engine = new Engine({
      name: 'queue',
      profile,
      limits,
      noise: noNoise,
      ingestMs: 0,
      clock,
      rng: rng('noise'),
    });
    const promptTokens = 1000;
    const serviceMs = stepTimeOf(profile.step)({
      ...EMPTY_BATCH,
      tokens: promptTokens,
      prefills: 1,
      attentionPairs: promptTokens ** 2 / 2,
      sequences: 1,
    });
    const arrivals = rng('arrivals');
    const requests = 300_000;
    let waitedMs = 0;
    let served = 0;
    const arrive = (id: number, atMs: number): void => {
      engine.submit(
        { id, promptTokens, outputTokens: 1, maxOutputTokens: 1 },
        { onScheduled: (startMs) => (waitedMs += startMs - atMs), onTokens: () => {}, onEnd: () => served++ },
      );
      if (id + 1 < requests) clock.at(atMs + exponential(arrivals, serviceMs / load), (dueMs) => arrive(id + 1, dueMs));
    };
    clock.at(0, (dueMs) => arrive(0, dueMs));
    clock.runUntil(1e9);

    const theoryMs = (load * serviceMs) / (2 * (1 - load));
    expect(served).toBe(requests);
    expect(Math.abs(waitedMs / requests / theoryMs - 1)).toBeLessThan(0.02);
  },
);
