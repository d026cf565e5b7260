import type { Ms } from '../../core/time/clock.ts';
import type { KernelRow } from './kernel-table.ts';

/** A case: what the kernel took, and what the model takes. */
export interface Compared {
  readonly row: KernelRow;
  readonly p50Ms: Ms;
  readonly p95Ms: Ms;
}

/** Of how many cases a quantile is as near as demanded. */
export interface CountedShare {
  readonly near: number;
  readonly of: number;
}

/** Whether the model is within `share` of the kernel, or within what the kernel's processor adds (`allowedMs`). */
export const isNear = (modelMs: Ms, kernelMs: Ms, share: number, allowedMs: Ms): boolean =>
  Math.abs(modelMs - kernelMs) <= Math.max(share * kernelMs, allowedMs);

/** How many medians are within 5 %, and 95th percentiles within 15 %, by set. */
export const judge = (
  cases: readonly Compared[],
  allowedMs: Ms,
): ReadonlyMap<string, { readonly p50: CountedShare; readonly p95: CountedShare }> => {
  const sets = new Map<string, Compared[]>();
  for (const each of cases) {
    const [set] = each.row.name.split('/');
    sets.set(set!, [...(sets.get(set!) ?? []), each]);
  }
  const share = (all: readonly Compared[], isGood: (each: Compared) => boolean): CountedShare => ({
    near: all.filter(isGood).length,
    of: all.length,
  });
  return new Map(
    [...sets].map(([set, all]) => [
      set,
      {
        p50: share(all, ({ row, p50Ms }) => isNear(p50Ms, row.p50Ms, 0.05, allowedMs)),
        p95: share(all, ({ row, p95Ms }) => isNear(p95Ms, row.p95Ms, 0.15, allowedMs)),
      },
    ]),
  );
};
