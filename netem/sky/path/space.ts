import type { FailuresConfig } from '../failures-schema.ts';
import { constellationOf } from '../orbit/constellation.ts';
import { type ConstellationConfig, takesShortest } from '../orbit/constellation-schema.ts';
import { failuresOf } from './failures.ts';
import { laserMesh } from './laser-mesh.ts';
import { ServingSatellites } from './serving-satellite.ts';
import { Sky } from './sky.ts';
import type { Snapshot } from './snapshot.ts';
import { type StepGrid, slotGrid, stepGrid, type TimeGrid } from './time-grid.ts';

/** The constellation of one run: its satellites, the steps at which it is computed, and which satellite serves whom. */
export interface Space {
  readonly sky: Sky;
  readonly slots: TimeGrid;
  readonly steps: StepGrid;
  readonly serving: ServingSatellites;
  /** Whether each step uses the shortest path of all, instead of the satellites held for the slot. */
  readonly takesShortest: boolean;
  /** The sky at the start of a step, with the failures known at `asOfStep`. Shared and reused: read it at once. */
  atStep(step: number, asOfStep?: number): Snapshot;
}

export const spaceOf = (options: {
  readonly constellation: ConstellationConfig;
  /** @throws ConfigError for a satellite or laser that does not exist. */
  readonly failures?: FailuresConfig | undefined;
  readonly stepMs: number;
  readonly epochUnixMs: number;
  readonly seed: number;
}): Space => {
  const { constellation, failures, stepMs, epochUnixMs, seed } = options;
  const flying = constellationOf(constellation);
  const mesh = laserMesh(flying);
  const sky = new Sky(flying, mesh, failures === undefined ? null : failuresOf(failures, { mesh, epochUnixMs, seed }));
  const slots = slotGrid(epochUnixMs);
  const steps = stepGrid(slots, stepMs);
  return {
    sky,
    slots,
    steps,
    serving: new ServingSatellites({ sky, slots, epochUnixMs, seed }),
    takesShortest: takesShortest(constellation),
    atStep: (step, asOfStep = step) => sky.at(epochUnixMs + steps.startMs(step), epochUnixMs + steps.startMs(asOfStep)),
  };
};
