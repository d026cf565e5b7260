import { radians } from '../../../core/units.ts';
import type { ConstellationConfig } from './constellation-schema.ts';
import { WGS84 } from './earth.ts';
import { PRESETS } from './presets.ts';

/**
 * The latitude, north or south, in degrees, beyond which no satellite of a constellation is ever seen above its elevation mask;
 * 90 where that is not known. A shell of inclination i reaches latitude i (180 - i where it is retrograde), and is seen as much
 * further as its circle of coverage is wide. Half a degree is added: up is not quite away from the centre.
 */
export const seenBelowDeg = (config: ConstellationConfig): number => {
  if (config.tle !== undefined || config.elementsFile !== undefined || config.parity !== 'none') return POLE_DEG;
  const shells = config.shells ?? PRESETS[config.preset];
  return Math.max(...shells.map((shell) => Math.min(POLE_DEG, reachDeg(shell, config.elevationMaskDeg))));
};

const reachDeg = (
  { altitudeKm, inclinationDeg }: { readonly altitudeKm: number; readonly inclinationDeg: number },
  maskDeg: number,
): number => {
  const { equatorKm, flattening } = WGS84;
  const mask = radians(maskDeg);
  // Whoever stands nearer to the centre of the Earth sees further over its shoulder: nobody stands lower than at a pole.
  const coverage = Math.acos(((equatorKm * (1 - flattening)) / (equatorKm + altitudeKm)) * Math.cos(mask)) - mask;
  return Math.min(inclinationDeg, 180 - inclinationDeg) + (coverage * 180) / Math.PI + MARGIN_DEG;
};

const POLE_DEG = 90;
const MARGIN_DEG = 0.5;
