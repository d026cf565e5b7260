import { z } from 'zod';
import type { ConstellationConfig } from './constellation-schema.ts';
import { elementsOf } from './elements.ts';
import { PRESETS } from './presets.ts';
import { type Shell, satelliteCount } from './shell.ts';

const place = z.int().min(0);

/** A satellite as a scenario names it: by its number over all shells, or by its place in one shell. All count from 0. */
export const satelliteRefSchema = z.union([
  place,
  z.strictObject({
    shell: place.describe('The shell, in the order of the constellation.'),
    plane: place.describe('The plane within the shell.'),
    index: place.describe('The place within the plane.'),
  }),
]);

export type SatelliteRef = z.output<typeof satelliteRefSchema>;

/** Why a reference names no satellite. `key` is the wrong part of the reference; empty when all of it is wrong. */
export interface NoSatellite {
  readonly key: readonly string[];
  readonly message: string;
}

/** The number of the satellite `ref` in the constellation of `config`, counted from 0 over all shells and planes. */
export const satelliteNumber = (config: ConstellationConfig, ref: SatelliteRef): number | NoSatellite => {
  const listed = elementsOf(config).length;
  if (listed > 0) return numberInList(listed, ref);
  const shells: readonly Shell[] = config.shells ?? PRESETS[config.preset];
  if (typeof ref === 'number') return numberInList(total(shells), ref);
  const shell = shells[ref.shell];
  if (shell === undefined) return beyond(['shell'], ref.shell, shells.length, 'shells');
  if (ref.plane >= shell.planes) return beyond(['plane'], ref.plane, shell.planes, 'planes');
  const { satellitesPerPlane } = shell;
  if (ref.index >= satellitesPerPlane)
    return beyond(['index'], ref.index, satellitesPerPlane, 'satellites in the plane');
  return total(shells.slice(0, ref.shell)) + ref.plane * satellitesPerPlane + ref.index;
};

const numberInList = (count: number, ref: SatelliteRef): number | NoSatellite => {
  if (typeof ref !== 'number')
    return { key: [], message: 'names a shell, but a list of elements has none; expected a number' };
  return ref < count ? ref : beyond([], ref, count, 'satellites');
};

const beyond = (key: readonly string[], value: number, count: number, what: string): NoSatellite => ({
  key,
  message: `is ${value}, but there are ${count} ${what}; expected 0 to ${count - 1}`,
});

const total = (shells: readonly Shell[]): number => shells.reduce((sum, shell) => sum + satelliteCount(shell), 0);
