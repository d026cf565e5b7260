import type { z } from 'zod';
import { type Override, overrideOf } from '../../../core/config/overrides.ts';
import type { LinkEffect, Section } from './link-effect.ts';

type Effects = readonly LinkEffect[];

/** The keys in which a single place differs from the values of all such places. */
export type EffectOverrides<Some extends Effects> = {
  readonly [One in Some[number] as One['key']]?: Override<z.output<ReturnType<One['schema']>>>;
};

type OverrideKeys<Some extends Effects> = {
  [One in Some[number] as One['key']]: z.ZodExactOptional<z.ZodType<Override<z.output<ReturnType<One['schema']>>>>>;
};

/** The keys of effects where single values differ: each may be left out, and so may each key in it. There are no defaults. */
export const overrideKeys = <Some extends Effects>(effects: Some, section: Section): OverrideKeys<Some> =>
  Object.fromEntries(
    effects.map(({ key, schema }) => [key, overrideOf(schema(section)).exactOptional()]),
  ) as unknown as OverrideKeys<Some>;
