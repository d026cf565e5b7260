import type { AccessOverhead } from '../../../netem/links/effect/overhead.ts';

/** An overhead whose times are all `factor` times as long. */
export const scaledOverhead = (overhead: AccessOverhead, factor: number): AccessOverhead => {
  const times = Object.entries(overhead).map(([key, value]) => [
    key,
    key.endsWith('Us') ? Math.min(Math.round(value * factor), MOST_US) : value,
  ]);
  return Object.fromEntries(times) as unknown as AccessOverhead;
};

/** What scenarios allow for a time. */
const MOST_US = 10_000_000;
