import { SLOT_MS } from '../../netem/sky/path/time-grid.ts';
import { isBound } from '../../router/pick/registry.ts';
import { hasMet, hasMissedTtft, objectivesOf } from '../objectives.ts';
import { e2eMs, type RequestRecord, ttftMs } from '../request-table.ts';
import type { RunTally } from '../run-tally.ts';

/** When each request of a run had its first and its last token, by its number: what regret is computed from. It can be passed between threads. */
export interface AnswerTimes {
  readonly variant: string;
  readonly policy: string;
  readonly seed: number;
  /** What a bound makes small: only of that it is one. Empty for a policy that is none. */
  readonly aims: readonly Aim[];
  /** Infinity: it never came. NaN: the request was not measured. */
  readonly ttftMs: Float64Array;
  readonly e2eMs: Float64Array;
  /** `KEPT`, `MISSED`, or `UNKNOWN` for what was not measured or was cut off. */
  readonly objectives: Uint8Array;
  /** The slot of 15 s since the end of the warm-up that it was intended in. */
  readonly slots: Uint32Array;
  /** How many whole slots were measured. */
  readonly wholeSlots: number;
  /** Whether requests followed answers: then a number stands for another time, and another load, under each policy. */
  readonly followAnswers: boolean;
}

/** TTFT, E2E, or how many requests miss an objective. */
export type Aim = 'ttft' | 'e2e' | 'slo';

export const [UNKNOWN, KEPT, MISSED] = [0, 1, 2] as const;

export const answerTimesOf = (tally: RunTally): AnswerTimes => {
  const { run, requests, measuredMs, followed } = tally;
  const { variant, policy, seed } = run.key;
  const times = (): Float64Array => new Float64Array(requests.length).fill(Number.NaN);
  const [ttft, e2e, slots] = [times(), times(), new Uint32Array(requests.length)];
  const objectives = new Uint8Array(requests.length);
  for (const record of requests.records()) {
    if (!(record.intendedAtMs >= run.warmUpMs)) continue;
    ttft[record.request] = orNever(ttftMs(record));
    e2e[record.request] = orNever(e2eMs(record));
    objectives[record.request] = policy === 'floor' ? atBest(tally, record) : judged(tally, record);
    slots[record.request] = Math.floor((record.intendedAtMs - run.warmUpMs) / SLOT_MS);
  }
  const wholeSlots = Math.floor(measuredMs / SLOT_MS);
  return {
    ...{ variant, policy, seed, aims: aimsOf(run.key), ttftMs: ttft, e2eMs: e2e, objectives, slots, wholeSlots },
    followAnswers: followed > 0,
  };
};

const aimsOf = ({ policy, params }: RunTally['run']['key']): readonly Aim[] => {
  if (policy === 'floor') return ['ttft', 'e2e', 'slo'];
  if (!isBound(policy)) return [];
  // A bound without an objective is on TTFT, as `oracle` is, and `clairvoyant` in older results.
  return [((params as { readonly objective?: Aim }).objective ?? 'ttft') satisfies Aim];
};

const orNever = (ms: number): number => (Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms);

const judged = ({ run, ended }: RunTally, record: RequestRecord): number => {
  const objectives = objectivesOf(run, record);
  if (record.outcome === 'answered') return hasMet(record, objectives) ? KEPT : MISSED;
  const wasCut = record.outcome === 'interrupted' || (record.outcome === 'open' && ended?.isInterrupted !== false);
  return wasCut && !hasMissedTtft(record, objectives, ended?.atMs ?? Number.NaN) ? UNKNOWN : MISSED;
};

/**
 * Whether any policy could keep to the objectives of a request. Its first and its last token are each as early as can be, perhaps not over one path, so
 * that the time between them bounds nothing: who keeps to both has the last of n tokens within TTFT + (n - 1) TPOT.
 */
const atBest = ({ run }: RunTally, record: RequestRecord): number => {
  if (record.outcome !== 'answered') return UNKNOWN;
  const objectives = objectivesOf(run, record);
  const lastMs = objectives.ttftMs + Math.max(0, record.tokens - 1) * objectives.tpotMs;
  return ttftMs(record) <= objectives.ttftMs && e2eMs(record) <= lastMs ? KEPT : MISSED;
};
