/**
 * Where `starlane tune` looks for better values of a parameter, in the `meta` of its schema: a range of numbers, some values, or nowhere. It stands
 * only where the bounds of the schema do not say it. Of the schema of a whole policy: settings elsewhere in the scenario on which the policy rests.
 */
export type TuneHint =
  | { readonly from: number; readonly to: number }
  | { readonly values: readonly (number | string | boolean)[] }
  | { readonly also: readonly string[] }
  | false;

/** For `.meta(...)` of a schema. */
export const tune = (hint: TuneHint): { readonly tune: TuneHint } => ({ tune: hint });
