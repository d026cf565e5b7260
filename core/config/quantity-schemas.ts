import { z } from 'zod';

// Shared by the parts of the network's config, so that a share or a delay has one range everywhere.

export const shareSchema = z.number().min(0).max(1);
export const microsSchema = z.number().min(0).max(10_000_000);
export const kbpsSchema = z.number().min(0).max(1e9);

/** A stretch of the run, from `fromS` until just before `toS`, with the keys of `shape`. */
export const windowSchema = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z
    .strictObject({
      fromS: z.number().min(0).describe('When it begins, in seconds of the run.'),
      toS: z.number().positive().describe('When it ends.'),
      ...shape,
    })
    .refine((window) => isOrdered(window as Stretch), 'expected fromS before toS');

interface Stretch {
  readonly fromS: number;
  readonly toS: number;
}

const isOrdered = ({ fromS, toS }: Stretch): boolean => fromS < toS;
