import { type Foreseeable, unforeseen } from '../model/foreseeable.ts';
import type { Effect } from '../model/link-model.ts';
import { windowOf } from '../model/windows.ts';
import type { PathConfig, RainConfig } from '../path-schema.ts';
import { withOutages } from './with-outages.ts';
import { withRain } from './with-rain.ts';

/** The outages of a script; only those that were planned are foreseen. */
export const scriptedOutages = (outages: PathConfig['outages']): Foreseeable<Effect> => ({
  actual: withOutages(outages.map(windowOf)),
  foreseen: withOutages(outages.filter(({ planned }) => planned).map(windowOf)),
});

/** The showers of a script, over one terminal or several. */
export const scriptedRain = (showers: RainConfig): Foreseeable<Effect> =>
  unforeseen(withRain(showers.map((shower) => ({ ...shower, ...windowOf(shower) }))));
