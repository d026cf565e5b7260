export interface GcPauses {
  readonly count: number;
  /** The longest of all, and the longest scavenge, in ms; 0 where there is none. */
  readonly maxMs: number;
  readonly maxScavengeMs: number;
}

export const NO_PAUSES: GcPauses = { count: 0, maxMs: 0, maxScavengeMs: 0 };

/** The pauses that began within those instants, of a diary (`gc-diary/main.ts`): lines with an instant, a length, both in ms, and a kind. */
export const pausesWithin = (diary: string, fromMs: number, toMs: number): GcPauses => {
  let pauses = NO_PAUSES;
  for (const line of diary.split('\n')) {
    const [began, length, kind] = line.split(' ');
    if (kind === undefined || Number(began) < fromMs || Number(began) > toMs) continue;
    pauses = joinedPauses(pauses, {
      count: 1,
      maxMs: Number(length),
      maxScavengeMs: kind === 'scavenge' ? Number(length) : 0,
    });
  }
  return pauses;
};

export const joinedPauses = (one: GcPauses, other: GcPauses): GcPauses => ({
  count: one.count + other.count,
  maxMs: Math.max(one.maxMs, other.maxMs),
  maxScavengeMs: Math.max(one.maxScavengeMs, other.maxScavengeMs),
});
