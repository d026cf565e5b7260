import { ConfigError } from '../../../core/config/config-error.ts';
import type { Profile } from './profile.ts';
import { scaledPower } from './tensor-parallel.ts';

/**
 * The profile with its model as often as that, on devices of their own behind one endpoint. Replicas of a dense model do not
 * wait for each other, so that no step changes and the grade is that of one. Throws `ConfigError` at `path` for a model whose
 * experts are shared out, because its profile already says how many replicas there are.
 */
export const withDataParallel = (profile: Profile, replicas: number, path: string): Profile => {
  if (replicas === 1) return profile;
  if (profile.replicas > 1 || profile.step.experts !== null)
    throw new ConfigError(
      path,
      `is ${replicas}, but ${profile.id} has experts, and ${profile.replicas} replicas that share them`,
    );
  return {
    ...profile,
    id: `${profile.id} dp${replicas}`,
    source: `${profile.source}. As ${replicas} replicas`,
    devices: profile.devices * replicas,
    replicas,
    power: scaledPower(profile.power, replicas),
  };
};
