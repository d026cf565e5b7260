import { z } from 'zod';
import type { Ms } from '../../../core/time/clock.ts';

/** A quantity that is constant, or changes at known instants of a run. */
export type OverTime = number | readonly { readonly fromS: number; readonly value: number }[];

/** A number, or steps `[{ fromS, value }, ...]`; the first step begins with the run. */
export const overTimeSchema = (value: z.ZodNumber) =>
  z.union([
    value,
    z
      .array(z.strictObject({ fromS: z.number().nonnegative(), value }))
      .min(1)
      .refine((steps) => steps[0]?.fromS === 0, 'expected a first step with fromS: 0')
      .refine((steps) => steps.every(({ fromS }, index) => index === 0 || fromS > steps[index - 1]!.fromS), {
        error: 'expected steps in the order of fromS',
      }),
  ]);

export const scheduledAt = (quantity: OverTime, atMs: Ms): number => {
  if (typeof quantity === 'number') return quantity;
  return quantity.findLast(({ fromS }) => fromS * 1000 <= atMs)?.value ?? quantity[0]!.value;
};

/** The first change after `afterMs`, or Infinity. */
export const nextStepAfter = (quantity: OverTime, afterMs: Ms): Ms => {
  if (typeof quantity === 'number') return Number.POSITIVE_INFINITY;
  const next = quantity.find(({ fromS }) => fromS * 1000 > afterMs);
  return next === undefined ? Number.POSITIVE_INFINITY : next.fromS * 1000;
};
