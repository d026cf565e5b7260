import type { Ms } from '../../core/time/clock.ts';

/** What a process held at an instant since the start of the load. */
export interface MemorySample {
  readonly atMs: Ms;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Buffers outside the heap. */
  readonly externalBytes: number;
  /** Processor time since its start. */
  readonly cpuS: number;
}

/** The mean of each value in each minute, and the share of a core that it used. The last minute may be shorter. */
export interface MemoryMinute {
  readonly minute: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly cores: number;
}

export const memoryByMinute = (samples: readonly MemorySample[]): readonly MemoryMinute[] =>
  [...Map.groupBy(samples, ({ atMs }) => Math.floor(atMs / MINUTE_MS))].map(([minute, within]) => {
    const mean = (key: 'residentBytes' | 'heapBytes' | 'externalBytes'): number =>
      within.reduce((sum, sample) => sum + sample[key], 0) / within.length;
    const [first, last] = [within[0]!, within.at(-1)!];
    const tookMs = last.atMs - first.atMs;
    return {
      minute: minute + 1,
      residentBytes: mean('residentBytes'),
      heapBytes: mean('heapBytes'),
      externalBytes: mean('externalBytes'),
      cores: tookMs === 0 ? Number.NaN : (last.cpuS - first.cpuS) / (tookMs / 1000),
    };
  });

/**
 * How fast resident memory grows after the second minute, in bytes a minute: the slope of the line with the least squares. Null where
 * that is less than two minutes.
 */
export const residentSlope = (samples: readonly MemorySample[]): number | null => {
  const late = samples.filter(({ atMs }) => atMs >= SETTLED_MS);
  if (late.length < 2 || late.at(-1)!.atMs - late[0]!.atMs < LEAST_MS) return null;
  const mean = (of: (sample: MemorySample) => number): number =>
    late.reduce((sum, sample) => sum + of(sample), 0) / late.length;
  const [atMs, bytes] = [mean((sample) => sample.atMs), mean((sample) => sample.residentBytes)];
  let [together, spread] = [0, 0];
  for (const sample of late) {
    together += (sample.atMs - atMs) * (sample.residentBytes - bytes);
    spread += (sample.atMs - atMs) ** 2;
  }
  return (together / spread) * MINUTE_MS;
};

const MINUTE_MS = 60_000;

/** Caches, code and the heap have their size by then. */
const SETTLED_MS = 2 * MINUTE_MS;

/** A slope over less says nothing. Samples are some seconds apart. */
const LEAST_MS = 2 * MINUTE_MS - 10_000;
