import { z } from 'zod';
import type { LinkEffect, Section } from './link-effect.ts';

type Effects = readonly LinkEffect[];

/** What may be given of a value: some keys of an object, and of the objects in it; all of anything else. */
export type Override<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Override<T[Key]> }
    : T;

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
    effects.map(({ key, schema }) => [key, partOf(schema(section)).exactOptional()]),
  ) as unknown as OverrideKeys<Some>;

/** `given` over `usual`: of two objects each key that is given counts, also deeper; anything else is replaced. */
export const overridden = <T>(usual: T, given: Override<T> | undefined): T => {
  if (given === undefined) return usual;
  if (!isObject(usual) || !isObject(given)) return given as T;
  const merged: Record<string, unknown> = { ...usual };
  for (const [key, value] of Object.entries(given)) merged[key] = overridden<unknown>(merged[key], value);
  return merged as T;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema of an override: an object's keys without their defaults. */
const partOf = (schema: z.ZodType): z.ZodType => {
  const inner =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
  const part = inner instanceof z.ZodObject ? z.strictObject(partsOf(inner.shape)) : inner;
  return schema.description === undefined ? part : part.describe(schema.description);
};

const partsOf = (shape: Readonly<Record<string, z.ZodType>>) =>
  Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, partOf(value).exactOptional()]));
