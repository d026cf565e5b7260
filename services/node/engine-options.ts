import { ConfigError } from '../../core/config/config-error.ts';
import { withDataParallel } from './engine/data-parallel.ts';
import { derivedProfile } from './engine/derived-profile.ts';
import type { EngineOptions } from './engine/engine.ts';
import { type Limits, limitsOf } from './engine/limits.ts';
import { overheadOf } from './engine/machine.ts';
import type { Profile } from './engine/profile.ts';
import { profileOf } from './engine/profiles.ts';
import { withTensorParallel } from './engine/tensor-parallel.ts';
import { type OnDemandOptions, onDemandOptionsOf } from './engine/weights-on-demand.ts';
import type { NodeConfig } from './schema.ts';

type ConfiguredOptions = Omit<EngineOptions, 'name' | 'clock' | 'rng' | 'power' | 'limits'> & {
  readonly limits: Limits;
};

/** The engine options in a node's configuration, which is at `place` in the file. Throws `ConfigError` for impossible ones. */
export const engineOptionsOf = (config: NodeConfig, place = 'node'): ConfiguredOptions => {
  const profile = nodeProfileOf(config, place);
  return {
    profile,
    limits: limitsOf(config.limits, profile),
    noise: config.noise,
    ingestMs: config.ingestMs,
    ingestTokenUs: config.ingestTokenUs,
    apiServers: config.apiServers ?? null,
    onDemand: weightsOf(config, profile, place),
    overhead: overheadOf(config.machine),
    startedAtMs: config.startUpS * 1000,
    drainsAtMs: config.drainAtS === undefined ? null : config.drainAtS * 1000,
    tokensPerMinute: config.capacity.tokensPerMinute ?? null,
  };
};

const weightsOf = ({ onDemand }: NodeConfig, { id, model }: Profile, place: string): OnDemandOptions | null => {
  if (onDemand === undefined) return null;
  if (model !== null) return onDemandOptionsOf(onDemand, model.weightGB);
  throw new ConfigError(`${place}.onDemand`, `is given, but ${id} has no model that says how large its weights are`);
};

const nodeProfileOf = ({ profile, tensorParallel, dataParallel }: NodeConfig, place: string): Profile => {
  const own = ownProfileOf(profile);
  const split = tensorParallel === undefined ? own : withTensorParallel(own, tensorParallel, `${place}.tensorParallel`);
  return dataParallel === undefined ? split : withDataParallel(split, dataParallel, `${place}.dataParallel`);
};

/** The profile that a scenario names or holds, on as many devices as it was made for. */
export const ownProfileOf = (profile: NodeConfig['profile']): Profile => {
  if (typeof profile === 'string') return profileOf(profile);
  return 'derive' in profile ? derivedProfile(profile) : profile;
};
