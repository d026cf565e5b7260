import fc from 'fast-check';
import { z } from 'zod';

interface JsonSchema {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** Values that a schema takes, with defaults filled in. What is neither a number, a word, a boolean nor made of these stays its default. */
export const arbitraryOfSchema = <Schema extends z.ZodType>(schema: Schema): fc.Arbitrary<z.output<Schema>> =>
  arbitraryOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema)
    .map((value) => schema.safeParse(value))
    .filter(({ success }) => success)
    .map(({ data }) => data as z.output<Schema>);

const arbitraryOf = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return fc.oneof(...branches.map(arbitraryOf));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer' || schema.type === 'number') return numberOf(schema);
  if (schema.type !== 'object') return fc.constant(schema.default);
  const keys = Object.entries(schema.properties ?? {}).map(([key, value]) => [key, arbitraryOf(value)] as const);
  return fc.record(Object.fromEntries(keys), { requiredKeys: [] });
};

/** Small numbers matter most: limits are reached there. The bounds themselves come often. */
const numberOf = ({ type, minimum, maximum, exclusiveMinimum, default: usual }: JsonSchema): fc.Arbitrary<number> => {
  const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + (type === 'integer' ? 1 : 1e-3));
  const most = Math.max(least, Math.min(maximum ?? 1e6, 1e6));
  const near = Math.min(most, least + 4);
  const between = (max: number): fc.Arbitrary<number> =>
    type === 'integer'
      ? fc.integer({ min: Math.ceil(least), max: Math.floor(max) })
      : fc.double({ min: least, max, noNaN: true });
  return fc.oneof(between(near), between(most), fc.constantFrom(least, most, (usual as number | undefined) ?? near));
};
