import { seededRng } from '../../core/random/rng.ts';
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
  /** One-way delay; 0 for the bare loopback. */
  readonly delayMs: number;
  readonly samples: number;
}

export interface ErrorsByDelay {
  readonly paths: readonly PathErrors[];
  readonly all: Omit<PathErrors, 'delayMs'>;
}

/** Realised minus planned round trips in ms, for each path and for all together. The name of a path is its delay. */
export const errorsByDelay = (probes: readonly RoundTrip[], delaysMs: readonly number[]): ErrorsByDelay => {
  const errors = delaysMs.map((delayMs) => {
    const link = steppingLink(delayMs);
    return probes
      .filter(({ path }) => path === `${delayMs}`)
      .flatMap(({ atMs, rttMs }) => {
        const ends = { name: `${delayMs}`, forward: link, back: link } as const;
        const planned = plannedRoundTrip({ ...ends, jitter: 'by-time', rng: RNG, sentAtMs: atMs });
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

/** Of no account: these links have no jitter. */
const RNG = seededRng(1);
