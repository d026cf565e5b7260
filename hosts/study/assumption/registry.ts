import { ConfigError } from '../../../core/config/config-error.ts';
import { suggestion } from '../../../core/config/nearest.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { accessOverhead } from './access-overhead.ts';
import type { Assumption, AssumptionsOf } from './assumption.ts';
import { fibreStretch } from './fibre-stretch.ts';
import { knowledgeError } from './knowledge-error.ts';
import { laserLoad } from './laser-load.ts';
import { laserOverhead } from './laser-overhead.ts';
import { laserRate } from './laser-rate.ts';
import { phasing } from './phasing.ts';
import { profileBand } from './profile-band.ts';

/** Every kind of assumption: to add one, write its file and add it here. */
const ALL: readonly AssumptionsOf[] = [
  phasing,
  fibreStretch,
  laserOverhead,
  laserRate,
  laserLoad,
  accessOverhead,
  profileBand,
  knowledgeError,
];

/** Every assumption that the scenario rests on. */
export const assumptionsIn = (scenario: Scenario): readonly Assumption[] => ALL.flatMap((of) => of(scenario));

/** Which assumptions a user wants to vary: a name, and values where they are not the usual ones. */
export interface AssumptionChoice {
  readonly name: string;
  readonly values: readonly string[] | null;
}

/** Reads `fibre-stretch` or `fibre-stretch=1.2,1.8`. Throws `ConfigError`. */
export const assumptionChoice = (text: string): AssumptionChoice => {
  const [, name, given] = /^([a-z][^=\s]*)(?:=(.*))?$/.exec(text) ?? [];
  const values = given === undefined ? null : given.split(',').map((value) => value.trim());
  if (name === undefined || values?.includes(''))
    throw new ConfigError('--vary-assumption', `is "${text}", expected NAME or NAME=A,B such as fibre-stretch=1.2,1.8`);
  return { name, values };
};

/** An assumption of a scenario with the values to try. `NAME` stands for `NAME/...` too. Throws `ConfigError` for a name of none. */
export const chosenAssumptions = (
  all: readonly Assumption[],
  choices: readonly AssumptionChoice[],
): readonly Assumption[] => {
  if (choices.length === 0) return all;
  return choices.flatMap(({ name, values }) => {
    const meant = all.filter((one) => one.name === name || one.name.startsWith(`${name}/`));
    if (meant.length === 0) {
      const near = suggestion(
        name,
        all.map((one) => one.name),
      );
      throw new ConfigError('--vary-assumption', `has "${name}", on which this scenario does not rest; ${near}`);
    }
    return meant.map((one) => ({ ...one, values: values ?? one.values }));
  });
};
