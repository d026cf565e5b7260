import { expect, test } from 'vitest';
import { profiles } from '../../../../services/node/engine/profiles.ts';
import { scaledStep } from '../../../../services/node/engine/scaled-step.ts';
import { EMPTY_BATCH, stepTimeOf } from '../../../../services/node/engine/step-time.ts';

test.each([...profiles.values()])(
  'a scaled step of $id takes so many times as long, whatever it computes',
  ({ step }) => {
    const decode = {
      ...EMPTY_BATCH,
      tokens: 9,
      groupTokens: 9,
      sequences: 9,
      contextTokens: 5000,
      longestContext: 1000,
    };
    const mixed = { ...decode, tokens: 909, groupTokens: 909, sequences: 10, prefills: 1, longestChunk: 900 };
    for (const batch of [decode, mixed, { ...mixed, attentionPairs: 405_000 }])
      expect(stepTimeOf(scaledStep(step, 1.3))(batch)).toBeCloseTo(1.3 * stepTimeOf(step)(batch), 9);
  },
);
