import type { Profile } from '../../../services/node/engine/profile.ts';
import { ownProfileOf } from '../../../services/node/engine-options.ts';
import { type Assumption, type AssumptionsOf, numberOf, yamlOf } from './assumption.ts';

/** How long the steps of each device take, one device after the other: by how much its profile may be wrong. */
export const profileBand: AssumptionsOf = ({ nodes }) => {
  const byProfile = Map.groupBy(Object.entries(nodes), ([, { profile }]) => JSON.stringify(profile));
  return [...byProfile.values()].map((alike): Assumption => {
    const profile = ownProfileOf(alike[0]![1].profile);
    const band = BANDS[profile.grade];
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

/** How far the steps of a profile of each grade may be from the truth, as a share. */
const BANDS: Readonly<Record<Profile['grade'], number>> = { A: 0.03, B: 0.1, C: 0.3 };

const scaledProfile = (profile: Profile, factor: number): Profile => ({
  ...profile,
  id: `${profile.id} x ${factor}`.slice(-80),
  step: Object.fromEntries(
    Object.entries(profile.step).map(([key, value]) => [key, value * factor]),
  ) as Profile['step'],
});
