import type { Event, RunEvent } from '../core/event/event.ts';
import { faultMarks } from './fault-marks.ts';
import { type MissingLines, missingFaults } from './missing-lines.ts';
import { reloadMarks, reloadsOf } from './reload-marks.ts';
import { repetitionsOf } from './repetitions.ts';
import { runFaults } from './run-faults.ts';
import { runNotes } from './run-notes.ts';
import { RunTally } from './run-tally.ts';
import type { RunResult, Summary } from './summary-schema.ts';
import type { Until } from './until.ts';

/** Computes the summary of a log, an event at a time. */
export class Summariser {
  readonly #runs: Run[] = [];
  #tally: RunTally | null = null;
  readonly #onRun: (tally: RunTally) => void;

  /** `onRun` gets each run as soon as it is added up; it is not kept. */
  constructor(onRun: (tally: RunTally) => void = () => {}) {
    this.#onRun = onRun;
  }

  add(event: Event): void {
    if (event.kind === 'run') {
      this.#close();
      this.#tally = new RunTally(event);
    } else {
      this.#tally?.add(event);
    }
  }

  /** Whether the log has a run so far. */
  get hasRun(): boolean {
    return this.#tally !== null || this.#runs.length > 0;
  }

  /**
   * The summary, from the events, the machine, and what is missing of the log. A missing line could belong to any run, so then no
   * run of the log is valid. Throws for a log without a run.
   */
  summary(machine: string, missing: MissingLines): Summary {
    this.#close();
    this.#tally = null;
    return summaryOfRuns(this.#runs, machine, missing);
  }

  #close(): void {
    if (this.#tally === null) return;
    this.#runs.push(runOf(this.#tally));
    this.#onRun(this.#tally);
  }
}

/** The summary of a whole log. `missing` is asked after the last event. */
export const summarise = (
  events: Iterable<Event>,
  { machine, missing = nothing }: { readonly machine: string; readonly missing?: () => MissingLines },
): Summary => {
  const summariser = new Summariser();
  for (const event of events) summariser.add(event);
  return summariser.summary(machine, missing());
};

/** The summary of one run that was added up as it ran. */
export const summaryOfTally = (tally: RunTally, machine: string, missing: MissingLines): Summary =>
  summaryOfRuns([runOf(tally)], machine, missing);

/** What a run was, and what came of it. */
interface Run {
  readonly run: RunEvent;
  readonly result: RunResult;
}

const runOf = (tally: RunTally): Run => ({ run: tally.run, result: resultOf(tally) });

const summaryOfRuns = (runs: readonly Run[], machine: string, missing: MissingLines): Summary => {
  const [first] = runs;
  if (first === undefined) throw new RangeError('a log without a run has no summary');
  const faults = missingFaults(missing);
  return summaryOf(
    first.run,
    machine,
    runs.map(({ result }) => withFaults({ ...result, partial: result.partial || faults.length > 0 }, faults)),
  );
};

const nothing = (): MissingLines => ({ lost: 0, torn: 0 });

const resultOf = (tally: RunTally): RunResult => {
  const { key, hash, shaper, dataPath = null, ratePerS, durationMs, warmUpMs, knowledge, slo } = tally.run;
  const figures = tally.figures();
  const reloads = reloadsOf(tally.reloaded);
  const result = {
    key: { ...key },
    conditions: {
      hash,
      shaper,
      dataPath,
      ratePerS,
      durationMs,
      warmUpMs,
      knowledge: { ...knowledge },
      slo: { ...slo },
    },
    valid: true,
    partial: tally.ended?.isInterrupted !== false,
    invalidBecause: [],
    notes: [
      ...(tally.run.remarks ?? []),
      ...faultMarks(tally.injected, tally.notPlayed),
      ...reloadMarks(reloads),
      ...runNotes(tally, figures),
    ],
    ...(reloads.length > 0 && { reloads }),
    figures,
  };
  return withFaults(result, runFaults(tally, figures));
};

const withFaults = (result: RunResult, faults: readonly string[]): RunResult => {
  const invalidBecause = [...result.invalidBecause, ...faults];
  return { ...result, valid: invalidBecause.length === 0, invalidBecause };
};

const summaryOf = (run: RunEvent, machine: string, runs: RunResult[]): Summary => {
  const { scenario: name, fileHash, host, constellation, profiles, commit } = run;
  return {
    schema: 4,
    ...verdictOf(runs),
    scenario: { name, fileHash },
    host,
    shaper: shaperOf(runs),
    constellation,
    profiles: { ...profiles },
    commit,
    machine,
    runs,
  };
};

/**
 * The summaries of several runs of one command as one, in their order. `asked` says how many runs and repetitions were wanted: where
 * runs are missing, the whole is not valid.
 */
export const mergedSummary = (
  summaries: readonly Summary[],
  asked: { readonly runs: number; readonly repetitions: number; readonly until?: Until | undefined },
): Summary => {
  const [first] = summaries;
  if (first === undefined) throw new RangeError('no run has no summary');
  const runs = summaries.flatMap((summary) => summary.runs);
  const missing = asked.runs - runs.length;
  return {
    ...first,
    ...verdictOf(runs, missing > 0 ? [`${missing} of ${asked.runs} runs were not simulated`] : []),
    shaper: shaperOf(runs),
    runs,
    ...(missing > 0 ? { missingRuns: missing } : {}),
    ...(asked.repetitions > 1 ? { repetitions: repetitionsOf(runs, asked.repetitions, asked.until) } : {}),
  };
};

const verdictOf = (
  runs: readonly RunResult[],
  others: readonly string[] = [],
): Pick<Summary, 'valid' | 'invalidBecause'> => {
  const isOfSeeds = new Set(runs.map(({ key }) => key.seed)).size > 1;
  const nameOf = ({ variant, seed }: RunResult['key']): string => (isOfSeeds ? `${variant}, seed ${seed}` : variant);
  const ofRuns = runs.flatMap(({ key, invalidBecause }) => invalidBecause.map((reason) => `${nameOf(key)}: ${reason}`));
  const invalidBecause = [...others, ...ofRuns];
  return { valid: invalidBecause.length === 0, invalidBecause };
};

const shaperOf = (runs: readonly RunResult[]): string =>
  [...new Set(runs.map(({ conditions }) => conditions.shaper))].join(', ');
