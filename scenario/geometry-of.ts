import { Geometry } from '../netem/sky/path/geometry.ts';
import type { Scenario } from './scenario.ts';

/** The geometry of a run of `scenario`, under any seed. `memories` are those of another thread with the same scenario. */
export const geometryOf = (
  { network, epochUnixMs, durationS, drainS }: Scenario,
  memories?: ReadonlyMap<string, SharedArrayBuffer>,
): Geometry =>
  new Geometry({
    epochUnixMs,
    stepMs: network.stepMs,
    untilMs: (durationS + drainS) * 1000,
    ...(memories && { memories }),
  });
