import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf, profiles } from '../../../../services/node/engine/profiles.ts';
import { EMPTY_BATCH, stepTimeOf } from '../../../../services/node/engine/step-time.ts';
import { cappedStepTimeOf, drawnW, phiOf } from '../../../../services/node/power/power-cap.ts';
import { powerModelOf } from '../../../../services/node/power/power-model.ts';

const decoding = (sequences: number) => ({ tokens: sequences, sequences });
const h100 = powerModelOf(profileOf('h100-llama8b').power!);

describe('the draw of a device', () => {
  test('on an H100 is the fit 454 + 235 (1 - e^(-B/55)) within 1 %, and 690 W at 256 within 1 %', () => {
    for (const sequences of [1, 8, 32, 64, 128, 256, 512]) {
      const fitW = 454 + 235 * (1 - Math.exp(-sequences / 55));
      expect(Math.abs(h100.drawW(decoding(sequences)) / fitW - 1)).toBeLessThan(0.01);
    }
    expect(h100.drawW(decoding(8))).toBeCloseTo(486, 9);
    expect(Math.abs(h100.drawW(decoding(256)) / 690 - 1)).toBeLessThan(0.01);
  });

  test('is about 0.95 of the maximum while a prompt is computed', () => {
    const prompt = { tokens: 2048, sequences: 1 };
    expect(h100.drawW(prompt)).toBeCloseTo(0.95 * 700, 0);
  });

  test.each([...profiles.values()].filter(({ power }) => power !== null))(
    'of $id is never below idle nor above its maximum, and is higher for more sequences',
    ({ power }) => {
      const model = powerModelOf(power!);
      let lessW = model.idleW;
      for (const sequences of [1, 2, 8, 64, 256, 4096]) {
        const drawW = model.drawW(decoding(sequences));
        expect(drawW).toBeGreaterThanOrEqual(lessW);
        expect(drawW).toBeLessThanOrEqual(model.maxW);
        lessW = drawW;
      }
    },
  );
});

const batches = fc
  .record({
    sequences: fc.integer({ min: 1, max: 512 }),
    prompt: fc.integer({ min: 0, max: 2048 }),
    contextTokens: fc.integer({ min: 0, max: 400_000 }),
    attentionPairs: fc.integer({ min: 0, max: 4_000_000 }),
  })
  .map(({ sequences, prompt, ...rest }) => ({
    ...EMPTY_BATCH,
    ...rest,
    sequences,
    tokens: sequences + prompt,
    groupTokens: sequences + prompt,
    prefills: prompt > 0 ? 1 : 0,
    longestChunk: prompt,
  }));

describe('a power cap', () => {
  test.each([...profiles.values()])('above the demand changes nothing on $id', ({ step }) => {
    const formula = stepTimeOf(step);
    const capped = cappedStepTimeOf(step);
    fc.assert(
      fc.property(batches, (batch) => {
        expect(capped(batch, 1)).toBeCloseTo(formula(batch), 9);
      }),
    );
    expect(phiOf({ capW: 500, idleW: 70, demandW: 486 })).toBe(1);
  });

  test('never makes a step faster when it is lower', () => {
    const step = cappedStepTimeOf(profileOf('rtx4090-llama8b').step);
    const watts = fc.double({ min: 0, max: 800, noNaN: true });
    fc.assert(
      fc.property(batches, watts, watts, (batch, a, b) => {
        const demandW = h100.drawW(batch);
        const stepMs = (capW: number) => step(batch, phiOf({ capW, idleW: h100.idleW, demandW }));
        expect(stepMs(Math.min(a, b))).toBeGreaterThanOrEqual(stepMs(Math.max(a, b)));
      }),
    );
  });

  test('slows arithmetic by 1/phi and memory by 1/phi^0.15', () => {
    const zero = profileOf('h100-llama8b').step;
    const only = (part: Partial<typeof zero>) =>
      cappedStepTimeOf({
        ...zero,
        baseMs: 0,
        weightsMs: 0,
        tokenUs: 0,
        contextTokenUs: 0,
        attentionPairNs: 0,
        sequenceUs: 0,
        ...part,
      });
    const batch = { ...EMPTY_BATCH, tokens: 1000, sequences: 10, contextTokens: 1000, attentionPairs: 1000 };
    const slowdown = (part: Partial<typeof zero>) => only(part)(batch, 0.5) / only(part)(batch, 1);
    for (const part of [{ baseMs: 1 }, { tokenUs: 1 }, { attentionPairNs: 1 }, { sequenceUs: 1 }]) {
      expect(slowdown(part)).toBeCloseTo(2, 9);
    }
    for (const part of [{ weightsMs: 1 }, { contextTokenUs: 1 }]) expect(slowdown(part)).toBeCloseTo(2 ** 0.15, 9);
    expect(slowdown({ collectiveBaseMs: 1 })).toBe(1);
  });

  test('of half the power above idle gives a speed of 0.76, and the lowest cap gives 0.3', () => {
    expect(phiOf({ capW: 278, idleW: 70, demandW: 486 })).toBeCloseTo(0.5 ** 0.4, 9);
    expect(phiOf({ capW: 1, idleW: 70, demandW: 486 })).toBeCloseTo(0.05 ** 0.4, 9);
  });

  test('limits the draw to the cap, but not below the draw at the lowest clock', () => {
    expect(drawnW({ capW: 500, idleW: 70, demandW: 486 })).toBe(486);
    expect(drawnW({ capW: 278, idleW: 70, demandW: 486 })).toBeCloseTo(278, 9);
    expect(drawnW({ capW: 1, idleW: 70, demandW: 486 })).toBeCloseTo(70 + 0.05 * 416, 9);
  });
});
