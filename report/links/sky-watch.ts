import type { Ms } from '../../core/time/clock.ts';
import { constellationOf } from '../../netem/sky/orbit/constellation.ts';
import { type ConstellationConfig, takesShortest } from '../../netem/sky/orbit/constellation-schema.ts';
import { Sky } from '../../netem/sky/path/sky.ts';
import type { Snapshot } from '../../netem/sky/path/snapshot.ts';
import { slotGrid, type TimeGrid } from '../../netem/sky/path/time-grid.ts';

/** A constellation from `epochUnixMs` on, at any instant and not only at the steps of a run. */
export interface SkyWatch {
  readonly sky: Sky;
  readonly slots: TimeGrid;
  /** Whether each instant uses the shortest path of all, instead of the satellites held for the slot. */
  readonly takesShortest: boolean;
  /** The sky at an instant, with the failures known at `asOfMs`. The object is shared and reused: read it at once. */
  at(atMs: Ms, asOfMs?: Ms): Snapshot;
}

export const skyWatch = (options: {
  readonly constellation: ConstellationConfig;
  readonly epochUnixMs: number;
}): SkyWatch => {
  const { constellation, epochUnixMs } = options;
  const sky = new Sky(constellationOf(constellation));
  return {
    sky,
    slots: slotGrid(epochUnixMs),
    takesShortest: takesShortest(constellation),
    at: (atMs, asOfMs = atMs) => sky.at(epochUnixMs + atMs, epochUnixMs + asOfMs),
  };
};
