import { plannedRoundTrip } from '../../netem/shaping/probe/planned-round-trip.ts';
import { distribution } from '../../report/distribution.ts';
import type { Distribution } from '../../report/summary-schema.ts';
import { steppingLink } from './stepping-link.ts';

export interface RoundTrip {
  readonly path: string;
  readonly atMs: number;
  readonly rttMs: number;
}

export interface PathErrors extends Distribution {
  /** One way; 0 for the bare loopback. */
  readonly delayMs: number;
  readonly samples: number;
}

export interface ErrorsByDelay {
  readonly paths: readonly PathErrors[];
  readonly all: Omit<PathErrors, 'delayMs'>;
}

/** Realised minus planned round trips, in ms, of each path, which are named by their delays, and of all together. */
export const errorsByDelay = (probes: readonly RoundTrip[], delaysMs: readonly number[]): ErrorsByDelay => {
  const errors = delaysMs.map((delayMs) => {
    const link = steppingLink(delayMs);
    return probes
      .filter(({ path }) => path === `${delayMs}`)
      .flatMap(({ atMs, rttMs }) => {
        const path = { name: `${delayMs}`, forward: link, back: link, jitter: 'by-time', sentAtMs: atMs } as const;
        const planned = plannedRoundTrip(path);
        return planned === null ? [] : [rttMs - planned.plannedMs];
      });
  });
  return {
    paths: delaysMs.map((delayMs, index) => ({
      delayMs,
      samples: errors[index]!.length,
      ...distribution(errors[index]!),
    })),
    all: { samples: errors.flat().length, ...distribution(errors.flat()) },
  };
};
