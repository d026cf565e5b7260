import { seededRng } from '../../core/random/rng.ts';
import { classSchedule } from '../../workload/class-schedule.ts';
import { loadSchema } from '../../workload/load-schema.ts';
import type { PlannedRequest, Schedule } from '../../workload/schedule.ts';
import type { Trace } from '../../workload/trace/trace.ts';

/** Ten requests that differ. */
const tenRows: Trace = {
  arrivalS: Float64Array.from({ length: 10 }, (_, row) => row),
  promptTokens: Int32Array.from({ length: 10 }, (_, row) => 100 + row),
  outputTokens: Int32Array.from({ length: 10 }, (_, row) => 10 + row),
  ...{ sessions: null, blocks: null, remarks: [] },
};

/** The schedule of a load with classes or users. */
export const scheduleOfLoad = (
  load: object,
  { seed = 1, durationMs = 60_000 }: { readonly seed?: number; readonly durationMs?: number } = {},
): Schedule =>
  classSchedule({
    load: loadSchema.parse(load),
    objectives: { ttftMs: 1000, tpotMs: 50 },
    trace: tenRows,
    durationMs,
    startUnixMs: 0,
    clients: [
      { name: 'london', share: 3 },
      { name: 'lagos', share: 1 },
    ],
    rng: seededRng(seed),
  });

/** All that a user sends if each answer takes `answerMs`. */
export const chainOf = (first: PlannedRequest, answerMs: number): PlannedRequest[] => {
  const chain: PlannedRequest[] = [];
  for (let request: PlannedRequest | null = first; request !== null; ) {
    chain.push(request);
    const { atMs, next }: PlannedRequest = request;
    request = next?.(atMs + answerMs, 'answered') ?? null;
  }
  return chain;
};
