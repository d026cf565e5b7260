import { isBound } from '../../router/pick/registry.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { RunCharts, Timeline } from '../charts/charts-schema.ts';
import { reloadKey } from '../reload-marks.ts';
import { repetitionsOf } from '../repetitions.ts';
import type { Repetitions } from '../repetitions-schema.ts';
import type { RunResult, Summary } from '../summary-schema.ts';

/** A folder of results, as far as it could be read. */
export interface ReportedFolder {
  /** As the user knows it. */
  readonly name: string;
  readonly summary: Summary;
  /** Null where there is neither `charts.json` nor a log. */
  readonly charts: readonly RunCharts[] | null;
  /** The scenario that was run; null where its file cannot be read by this version. */
  readonly scenario: Scenario | null;
  /** When the summary was written, as a person reads it. */
  readonly writtenAt: string;
}

type Metrics = Repetitions['byVariant'][string]['metrics'];

/** What a report compares: a policy (or a variant of one) with all its repetitions. */
export interface Contender {
  /** Unique in a report. */
  readonly label: string;
  readonly folder: ReportedFolder;
  /** The policies of a report are told apart by it: colour, dashes and marks. */
  readonly index: number;
  readonly runs: readonly RunResult[];
  readonly charts: readonly RunCharts[];
  readonly metrics: Metrics;
  readonly timeline: Timeline | null;
  readonly isValid: boolean;
  /** A bound knows what no router can know, and is no candidate. */
  readonly isReference: boolean;
}

/** The policies of all folders, in their order. */
export const contendersOf = (folders: readonly ReportedFolder[]): readonly Contender[] => {
  const found = folders.flatMap((folder) =>
    [...Map.groupBy(folder.summary.runs, ({ key }) => key.variant)].map(([variant, runs]) => ({
      variant,
      folder,
      runs,
      charts: folder.charts?.filter((one) => one.variant === variant) ?? [],
    })),
  );
  const isShared = new Set(
    found.map(({ variant }) => variant).filter((variant, index, all) => all.indexOf(variant) !== index),
  );
  return found.map(({ variant, folder, runs, charts }, index) => ({
    label: isShared.has(variant) ? `${variant} (${folder.name})` : variant,
    folder,
    index,
    runs,
    charts,
    metrics: repetitionsOf(runs, runs.length).byVariant[variant]!.metrics,
    timeline: charts.find(({ timeline }) => timeline !== null)?.timeline ?? null,
    isValid: runs.every(({ valid }) => valid) && faultsOfFolder(folder.summary).length === 0,
    isReference: isBound(runs[0]!.key.policy),
  }));
};

/** Why the whole of a folder may not be used, apart from its single runs: runs of it are missing. */
export const faultsOfFolder = ({ invalidBecause, runs }: Summary): readonly string[] => {
  // There may be thousands of reasons, each behind the name of its run.
  const ofRuns = new Set(
    runs.flatMap(({ key: { variant, seed }, invalidBecause: reasons }) =>
      reasons.flatMap((reason) => [`${variant}: ${reason}`, `${variant}, seed ${seed}: ${reason}`]),
    ),
  );
  return invalidBecause.filter((line) => !ofRuns.has(line));
};

/** The mean of a metric over the repetitions; null where any of them has none. */
export const meanOf = ({ metrics }: Contender, metric: string): number | null => metrics[metric]!.mean;

/** Whether all runs had the same load over the same network and routers, apart from the seed: only then may figures be compared. */
export const areComparable = (contenders: readonly Contender[]): boolean =>
  new Set(
    contenders.flatMap(({ folder, runs }) =>
      runs.map(({ key, reloads = [], conditions: { ratePerS, durationMs, warmUpMs } }) =>
        JSON.stringify([
          folder.summary.scenario.fileHash,
          folder.summary.host,
          { ...key.overrides, seed: null },
          ratePerS,
          durationMs,
          warmUpMs,
          reloadKey(reloads),
        ]),
      ),
    ),
  ).size <= 1;
