import type { z } from 'zod';
import type { LinkEffect, Section } from './link-effect.ts';

type Effects = readonly LinkEffect[];

/** The keys of effects in a section of a scenario file where all of them have defaults. */
export type EffectKeys<Some extends Effects> = {
  [One in Some[number] as One['key']]: z.ZodPrefault<ReturnType<One['schema']>>;
};

/** The keys of effects in a section where they may be left out. */
export type OptionalEffectKeys<Some extends Effects> = {
  [One in Some[number] as One['key']]: z.ZodExactOptional<ReturnType<One['schema']>>;
};

/** The values at those keys, which may be left out. */
export type EffectConfigs<Some extends Effects> = {
  readonly [One in Some[number] as One['key']]?: z.output<ReturnType<One['schema']>>;
};

export const effectKeys = <Some extends Effects>(effects: Some, section: Section): EffectKeys<Some> =>
  keyed(effects, ({ schema, usual }) => schema(section).prefault(usual as never)) as EffectKeys<Some>;

export const optionalEffectKeys = <Some extends Effects>(effects: Some, section: Section): OptionalEffectKeys<Some> =>
  keyed(effects, ({ schema }) => schema(section).exactOptional()) as OptionalEffectKeys<Some>;

const keyed = (effects: Effects, schemaOf: (effect: LinkEffect) => z.ZodType): object =>
  Object.fromEntries(effects.map((effect) => [effect.key, schemaOf(effect)]));
