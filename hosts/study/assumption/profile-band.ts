import { bandPercentOf, type Profile } from '../../../services/node/engine/profile.ts';
import { scaledStep } from '../../../services/node/engine/scaled-step.ts';
import { ownProfileOf } from '../../../services/node/engine-options.ts';
import { type Assumption, type AssumptionsOf, numberOf, yamlOf } from './assumption.ts';

/** How long the steps of each device take, one device after the other: by how much its profile may be wrong. */
export const profileBand: AssumptionsOf = ({ nodes }) => {
  const byProfile = Map.groupBy(Object.entries(nodes), ([, { profile }]) => JSON.stringify(profile));
  return [...byProfile.values()].map((alike): Assumption => {
    const profile = ownProfileOf(alike[0]![1].profile);
    const band = bandPercentOf(profile) / 100;
    const name = `profile-band/${profile.id}`;
    return {
      name,
      title: `steps of ${profile.id}, times those of its profile`,
      usual: '1',
      values: [(1 - band).toFixed(2), (1 + band).toFixed(2)],
      source: `grade ${profile.grade}: within ${Math.round(band * 100)} % (services/node/engine/profile.ts)`,
      set: (value) => {
        const factor = numberOf(value, { name, least: 0.01, most: 100 });
        const scaled = yamlOf(scaledProfile(profile, factor));
        return alike.map(([node]) => `nodes.${node}.profile=${scaled}`);
      },
    };
  });
};

const scaledProfile = (profile: Profile, factor: number): Profile => ({
  ...profile,
  id: `${profile.id} x ${factor}`.slice(-80),
  step: scaledStep(profile.step, factor),
});
