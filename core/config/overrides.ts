import { z } from 'zod';

/** What may be given of a value: some keys of an object, and of the objects in it; all of anything else. */
export type Override<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Override<T[Key]> }
    : T;

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

/** The schema of an override of what `schema` describes: an object's keys may be left out, also deeper, and have no defaults. */
export const overrideOf = <Schema extends z.ZodType>(schema: Schema): z.ZodType<Override<z.output<Schema>>> =>
  partOf(schema) as z.ZodType<Override<z.output<Schema>>>;

const partOf = (schema: z.ZodType): z.ZodType => {
  const inner =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : schema;
  const part = inner instanceof z.ZodObject ? z.strictObject(partsOf(inner.shape)) : inner;
  return schema.description === undefined ? part : part.describe(schema.description);
};

const partsOf = (shape: Readonly<Record<string, z.ZodType>>) =>
  Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, partOf(value).exactOptional()]));
