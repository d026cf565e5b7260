import { expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { StepDuration, type StepDurationOptions } from '../../../../services/node/engine/step-duration.ts';
import { noiseSchema, noNoise } from '../../../../services/node/engine/step-noise.ts';
import { EMPTY_BATCH, stepTimeOf } from '../../../../services/node/engine/step-time.ts';
import { cappedStepTimeOf } from '../../../../services/node/power/power-cap.ts';

const profile = profileOf('h100-llama8b');
const batch = { ...EMPTY_BATCH, tokens: 300, contextTokens: 9000, attentionPairs: 5000, sequences: 20 };

const durationOf = (options: Partial<StepDurationOptions> = {}): StepDuration =>
  new StepDuration({ profile, noise: noNoise, rng: seededRng(1)('node'), ...options });

test('a step on bare metal without a cap takes the time of the formula of its profile', () => {
  expect(durationOf().plainMs(batch, 1)).toBe(stepTimeOf(profile.step)(batch));
  expect(durationOf().drawMs(batch, 1)).toBe(stepTimeOf(profile.step)(batch));
});

test.each([1, 0.5])('overhead and pace are multiplied, at a speed of %f', (phi) => {
  const duration = durationOf({ overhead: 0.5 });
  duration.pace(3);
  expect(duration.plainMs(batch, phi)).toBeCloseTo(4.5 * cappedStepTimeOf(profile.step)(batch, phi), 9);
  duration.pace(1);
  expect(duration.plainMs(batch, phi)).toBeCloseTo(1.5 * cappedStepTimeOf(profile.step)(batch, phi), 9);
});

test('noise changes the drawn duration of a step, but not its plain duration', () => {
  const duration = durationOf({ noise: noiseSchema.parse({ stallProbability: 0 }) });
  const plainMs = durationOf().plainMs(batch, 1);
  const draws = Array.from({ length: 1001 }, () => duration.drawMs(batch, 1)).sort((a, b) => a - b);
  expect(duration.plainMs(batch, 1)).toBe(plainMs);
  expect(new Set(draws).size).toBe(1001);
  expect(Math.abs(draws[500]! / plainMs - 1)).toBeLessThan(0.01);
});
