import type { Ms } from '../../../core/time/clock.ts';
import type { EngineOptions } from './engine.ts';
import { Ingest, type IngestOptions } from './ingest.ts';
import { limitsOf } from './limits.ts';
import { StepDuration } from './step-duration.ts';
import { EMPTY_BATCH } from './step-time.ts';

/** The least times that an engine can take for a request, whatever else it has to do. */
export interface FloorTimes {
  /** From the arrival of a prompt to its first token, where `cachedTokens` of it at most are cached. */
  firstTokenMs(promptTokens: number, cachedTokens: number): Ms;
  /** From its first token to its last one. */
  furtherTokensMs(promptTokens: number, outputTokens: number): Ms;
}

/**
 * The least times of an engine with these options: the request is alone, each step has the least noise, and nothing slows it.
 *
 * A prompt of n uncached tokens takes k = ceil(n / budget) steps at least. A step takes f(tokens) + attention, with f convex, so k steps of
 * n / k tokens take no longer than any other way to cut the prompt, and more steps take longer. What attention takes of a prompt does not
 * depend on how it is cut. A drawn duration is at least e^(-6.66 sigma) of the formula: the normal draws of 32 bits go no further.
 */
export const floorTimesOf = (
  options: Pick<EngineOptions, 'profile' | 'noise' | 'overhead' | 'limits'> & IngestOptions,
): FloorTimes => {
  const { profile, noise } = options;
  const ingest = new Ingest(options);
  const duration = new StepDuration({ ...options, rng: NO_CHANCE });
  const budget = limitsOf(options.limits, profile).maxNumBatchedTokens;
  const leastNoise = Math.exp(-LEAST_NORMAL * noise.sigma);
  const stepMs = (batch: Partial<typeof EMPTY_BATCH>): Ms =>
    duration.plainMs({ ...EMPTY_BATCH, ...batch }, 1) * leastNoise;
  return {
    firstTokenMs: (promptTokens, cachedTokens) => {
      const cached = Math.min(cachedTokens, promptTokens - 1); // the last token is always computed
      const tokens = promptTokens - cached;
      const steps = Math.ceil(tokens / budget);
      const chunk = tokens / steps;
      const attentionPairs = (tokens * (cached + tokens / 2)) / steps;
      const each = {
        tokens: chunk,
        longestChunk: chunk,
        groupTokens: chunk,
        attentionPairs,
        sequences: 1,
        prefills: 1,
      };
      return ingest.copy().take(0, promptTokens) + steps * stepMs(each);
    },
    furtherTokensMs: (promptTokens, outputTokens) => {
      const steps = Math.max(0, outputTokens - 1);
      const context = promptTokens + steps / 2; // the time of a step is linear in its context
      return (
        steps * stepMs({ tokens: 1, groupTokens: 1, sequences: 1, contextTokens: context, longestContext: context })
      );
    },
  };
};

/** sqrt(-2 ln 2^-32): the farthest from 0 that `normal` draws. */
const LEAST_NORMAL = 6.6605;

const NO_CHANCE = { next: () => 0, below: () => 0 };
