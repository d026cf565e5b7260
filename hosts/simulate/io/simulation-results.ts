import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DiskError, diskErrorOf } from '../../../core/config/disk-error.ts';
import { writeWhole } from '../../../core/config/io/write-whole.ts';
import type { RunCharts } from '../../../report/charts/charts-schema.ts';
import { writeOwnReport } from '../../../report/io/html-report.ts';
import { markedPartial } from '../../../report/io/partial-rows.ts';
import { makeRunFolder } from '../../../report/io/run-folder.ts';
import { withRegret } from '../../../report/regret/regret.ts';
import { REQUESTS_HEAD } from '../../../report/requests-csv.ts';
import { mergedSummary } from '../../../report/summary.ts';
import type { Summary } from '../../../report/summary-schema.ts';
import type { Until } from '../../../report/until.ts';
import { resolvedScenario } from '../../../scenario/resolved-scenario.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import type { SimulationTask, TaskOutcome } from './simulated-run.ts';

/**
 * The folder of results of one `simulate`. With one repetition it is that of a run: `scenario.resolved.yaml`, `requests.csv`, `summary.json`,
 * `charts.json`, `report.html` and, where they are asked for, `events.jsonl` with a section a policy. With several, `summary.json` is that of all runs,
 * and `repetitions/1`, `2`, ... are each the folder of a run. While tasks run, their files are in a hidden folder (but for the first log), which
 * goes with the process.
 */
export class SimulationResults {
  readonly #folder: string;
  readonly #scenario: Scenario;
  readonly #parts: string;
  /** Null where events are not asked for. */
  readonly #firstLog: string | null;
  readonly #mark: string;
  /** When it was written, and where on the disk: another command that begins in the same folder writes a new one. */
  readonly #marked: string | null;
  readonly #removeParts = (): void => rmSync(this.#parts, { recursive: true, force: true, maxRetries: 3 });
  #fault: DiskError | null = null;

  /** Throws `ConfigError` when there can be no files, and `DiskError` when the disk does not take them. */
  constructor(folder: string, scenario: Scenario, { events }: { readonly events: boolean }) {
    this.#folder = folder;
    this.#scenario = scenario;
    this.#parts = join(folder, `${PARTS}${process.pid}`);
    this.#firstLog = events ? join(folder, 'events.jsonl') : null;
    this.#mark = join(folder, 'scenario.resolved.yaml');
    makeRunFolder(folder, resolvedScenario(scenario));
    try {
      for (const name of readdirSync(folder)) {
        if (name.startsWith(PARTS)) rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
      }
      mkdirSync(this.#parts);
      if (this.#firstLog !== null) closeSync(openSync(this.#firstLog, 'w'));
      this.#marked = stampOf(this.#mark);
    } catch (error) {
      throw diskErrorOf(folder, error);
    }
    process.on('exit', this.#removeParts);
  }

  /** Where a task writes its events, if it does. */
  eventsOf(index: number): string | null {
    if (this.#firstLog === null) return null;
    return index === 0 ? this.#firstLog : join(this.#parts, `${index}.jsonl`);
  }

  /** Where a task writes the lines of its requests. */
  requestsOf(index: number): string {
    return join(this.#parts, `${index}.csv`);
  }

  /** The first thing that the disk did not take; null while it has taken everything. */
  get fault(): DiskError | null {
    return this.#fault;
  }

  /**
   * Joins the logs, writes the summaries, and returns that of all runs. What the disk does not take is missing, whole files at a time;
   * `fault` says why. Rejects with `DiskError` when no run has left anything for that reason. Null when no run began at all.
   */
  async finish(
    tasks: readonly SimulationTask[],
    outcomes: readonly (TaskOutcome | null)[],
    until?: Until,
  ): Promise<Summary | null> {
    if (stampOf(this.#mark) !== this.#marked) {
      throw new Error(`another run writes its results to ${this.#folder}: give one of them another --out`);
    }
    const full = outcomes.find((outcome) => outcome !== null && outcome.fault !== null)?.fault;
    // The hidden files are joined in the folder: nobody knows them by their own names.
    if (full) this.#fail(new DiskError(full.path.startsWith(this.#parts) ? this.#folder : full.path, full.reason));
    const byRepetition = Map.groupBy(tasks, ({ repetition }) => repetition);
    const answerTimes = outcomes.flatMap((outcome) => outcome?.answerTimes ?? []);
    const summaryByTask = outcomes.map((outcome) => outcome?.summary && withRegret(outcome.summary, answerTimes));
    const summaryOf = (of: readonly SimulationTask[], repetitions: number): Summary | null => {
      const summaries = of.flatMap(({ index }) => summaryByTask[index] ?? []);
      return summaries.length === 0 ? null : mergedSummary(summaries, { runs: of.length, repetitions, until });
    };
    const all = summaryOf(tasks, byRepetition.size);
    if (all === null) {
      if (this.#fault !== null) throw this.#fault;
      return null;
    }
    for (const [repetition, of] of byRepetition) {
      const summary = summaryOf(of, 1);
      if (summary === null) continue;
      const folder = byRepetition.size === 1 ? this.#folder : join(this.#folder, 'repetitions', `${repetition}`);
      if (byRepetition.size > 1)
        this.#try(folder, () => makeRunFolder(folder, resolvedScenario({ ...this.#scenario, seed: of[0]!.seed })));
      await this.#join(
        of.map(({ events }) => events),
        join(folder, 'events.jsonl'),
      );
      const path = join(folder, 'requests.csv');
      this.#try(path, () => writeFileSync(path, REQUESTS_HEAD));
      await this.#join(
        of.map(({ requests }) => requests),
        path,
      );
      // Where the disk was full once, nobody knows which rows are there.
      if (this.#fault !== null) this.#try(path, () => markedPartial(path));
      this.#writeSummary(folder, summary);
    }
    if (byRepetition.size > 1) this.#writeSummary(this.#folder, all);
    if (this.#fault === null) await this.#writeReport(tasks.flatMap(({ index }) => outcomes[index]?.charts ?? []));
    return all;
  }

  /** Removes what only a running command needs. Idempotent. */
  close(): void {
    process.off('exit', this.#removeParts);
    this.#removeParts();
  }

  async #join(parts: readonly (string | null)[], path: string): Promise<void> {
    for (const part of parts) {
      if (part === null || part === path || !existsSync(part)) continue;
      try {
        if (existsSync(path)) for await (const piece of createReadStream(part)) appendFileSync(path, piece as Buffer);
        else renameSync(part, path);
      } catch (error) {
        this.#fail(diskErrorOf(path, error));
      }
    }
  }

  #writeSummary(folder: string, summary: Summary): void {
    const file = join(folder, 'summary.json');
    this.#try(file, () => writeWhole(file, summaryText(summary)));
  }

  async #writeReport(charts: readonly RunCharts[]): Promise<void> {
    try {
      await writeOwnReport(this.#folder, charts);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#fail(error);
    }
  }

  #try(path: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#fail(diskErrorOf(path, error));
    }
  }

  #fail(fault: DiskError): void {
    this.#fault ??= fault;
  }
}

const stampOf = (path: string): string | null => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.ino} ${found.mtimeMs}`;
};

export const summaryText = (summary: Summary): string => `${JSON.stringify(summary, null, 2)}\n`;

const PARTS = '.simulating-';
