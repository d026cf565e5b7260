import { ConfigError } from '../../../core/config/config-error.ts';
import { suggestion } from '../../../core/config/nearest.ts';
import { type Profile, type ProfileData, profileSchema } from './profile.ts';
import { a100Llama8b } from './profiles/a100-llama8b.ts';
import { b200Llama8b } from './profiles/b200-llama8b.ts';
import { b200x2Llama70b } from './profiles/b200x2-llama70b.ts';
import { h100Llama8b } from './profiles/h100-llama8b.ts';
import { h100x4Llama70b } from './profiles/h100x4-llama70b.ts';
import { h200Llama8b } from './profiles/h200-llama8b.ts';
import { jetsonOrinAgx8bInt4 } from './profiles/jetson-orin-agx-8b-int4.ts';
import { l40sLlama8b } from './profiles/l40s-llama8b.ts';
import { mi300xLlama8b } from './profiles/mi300x-llama8b.ts';
import { rtx4090Llama8b } from './profiles/rtx4090-llama8b.ts';
import { rtxpro6000Llama8b } from './profiles/rtxpro6000-llama8b.ts';
import { rtxpro6000Qwen330bA3bDp2 } from './profiles/rtxpro6000-qwen3-30b-a3b-dp2.ts';
import { rtxpro6000x2Qwen332b } from './profiles/rtxpro6000x2-qwen3-32b.ts';
import { tpuV6eLlama8b } from './profiles/tpu-v6e-llama8b.ts';
import { trainium2Llama8b } from './profiles/trainium2-llama8b.ts';

const all: readonly ProfileData[] = [
  rtx4090Llama8b,
  rtxpro6000Llama8b,
  rtxpro6000x2Qwen332b,
  rtxpro6000Qwen330bA3bDp2,
  h100Llama8b,
  h100x4Llama70b,
  h200Llama8b,
  b200Llama8b,
  b200x2Llama70b,
  mi300xLlama8b,
  a100Llama8b,
  l40sLlama8b,
  tpuV6eLlama8b,
  jetsonOrinAgx8bInt4,
  trainium2Llama8b,
];

/** All built-in profiles, by id. */
export const profiles: ReadonlyMap<string, Profile> = new Map(
  all.map((data) => [data.id, Object.freeze(profileSchema.parse(data))]),
);

/** The profile of that id. If there is none, throws `ConfigError` at `path` that suggests the nearest id. */
export const profileOf = (id: string, path = 'profile'): Profile => {
  const profile = profiles.get(id);
  if (profile !== undefined) return profile;
  throw new ConfigError(path, `is "${id}", which is no profile; ${suggestion(id, [...profiles.keys()])}`);
};
