import { ConfigError } from '../../../core/config/config-error.ts';
import { collectivesOf } from './interconnect.ts';
import type { Profile } from './profile.ts';

/**
 * The profile with its model split over `devices`, which may differ from the number it was measured on. Weights,
 * arithmetic, attention and KV cache are divided; launches and sampling are not; the collectives of `interconnect` are
 * added. The cache gets the memory that the weights leave free. None of this is measured, so the grade is C. Throws
 * `ConfigError` at `path` when the profile lacks the figures for it.
 */
export const withTensorParallel = (profile: Profile, devices: number, path: string): Profile => {
  if (devices === profile.devices) return profile;
  const { model, interconnect, step, replicas } = profile;
  if (replicas > 1 || step.experts !== null)
    throw new ConfigError(path, `is ${devices}, but ${profile.id} has experts, which are not split this way`);
  if (model === null || interconnect === null) {
    const missing = model === null ? 'model' : 'interconnect';
    throw new ConfigError(path, `is ${devices}, but ${profile.id} has no ${missing} to split it by`);
  }
  const factor = devices / profile.devices;
  const measured = collectivesOf(model, profile.devices, interconnect);
  const wanted = collectivesOf(model, devices, interconnect);
  // The memory for cache and weights grows with the devices; the weights keep their size.
  const weightTokens = (model.weightGB * 1e9) / model.kvBytesPerToken;
  const kvTokens = Math.floor(factor * (profile.kvTokens + weightTokens) - weightTokens);
  if (kvTokens < 16)
    throw new ConfigError(path, `is ${devices}, on which the weights of ${profile.id} leave no KV cache`);
  return {
    ...profile,
    id: `${profile.id} x${devices}`,
    grade: 'C',
    source: `${profile.source}. Scaled from ${profile.devices} to ${devices} devices; interconnect ${interconnect.busGBs} GB/s, ${interconnect.latencyUs} us, ${interconnect.source}`,
    devices,
    kvTokens,
    step: {
      ...step,
      weightsMs: step.weightsMs / factor,
      weightsTokenUs: step.weightsTokenUs / factor,
      computeBaseMs: step.computeBaseMs / factor,
      tokenUs: step.tokenUs / factor,
      contextTokenUs: step.contextTokenUs / factor,
      ...(step.mixedContextTokenUs !== undefined && { mixedContextTokenUs: step.mixedContextTokenUs / factor }),
      mixedDecodeUs: step.mixedDecodeUs / factor,
      mixedPaddingNs: step.mixedPaddingNs / factor,
      attentionPairNs: step.attentionPairNs / factor,
      // Measured steps on several devices already include collectives. So only the difference is added.
      collectiveBaseMs: Math.max(0, step.collectiveBaseMs + wanted.collectiveBaseMs - measured.collectiveBaseMs),
      collectiveTokenUs: Math.max(0, step.collectiveTokenUs + wanted.collectiveTokenUs - measured.collectiveTokenUs),
    },
    power: scaledPower(profile.power, factor),
  };
};

/** The watts of `factor` times as many devices. */
export const scaledPower = (power: Profile['power'], factor: number): Profile['power'] =>
  power === null
    ? null
    : {
        idleW: power.idleW * factor,
        smallBatchW: power.smallBatchW * factor,
        maxW: power.maxW * factor,
        source: `${power.source}, times ${factor}`,
      };
