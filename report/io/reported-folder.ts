import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../core/config/config-error.ts';
import { readText } from '../../core/config/io/read-text.ts';
import { utcText } from '../../core/time/utc-text.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { chartsSchema, type RunCharts } from '../charts/charts-schema.ts';
import { ofRepetition } from '../charts/of-repetition.ts';
import { runCharts } from '../charts/run-charts.ts';
import type { ReportedFolder } from '../html/contender.ts';
import { mergedSummary } from '../summary.ts';
import type { Summary } from '../summary-schema.ts';
import { readSummary } from './summary-file.ts';
import { summaryOfLog } from './summary-of-log.ts';

/**
 * What a report needs of a folder of results. What an older folder lacks, or this version cannot read, is computed from its log, where there
 * is one. `name` is what the user calls the folder. Throws `ConfigError` for a folder without results.
 */
export const reportedFolder = async (folder: string, name = folder): Promise<ReportedFolder> => {
  const summaryFile = join(folder, 'summary.json');
  const stored = existsSync(summaryFile) ? summaryIn(summaryFile) : null;
  const charts = chartsIn(join(folder, CHARTS));
  const isComplete = stored !== null && !(stored instanceof ConfigError) && charts !== null;
  const computed = isComplete ? null : await fromLogs(folder);
  const summary = stored === null || stored instanceof ConfigError ? computed?.summary : stored;
  if (summary === undefined) {
    throw stored ?? new ConfigError('', `${folder} has no summary.json, expected the folder of a run`);
  }
  return {
    name,
    summary,
    charts: charts ?? computed?.charts ?? null,
    scenario: scenarioIn(folder),
    writtenAt: utcText(Math.floor(statSync(existsSync(summaryFile) ? summaryFile : folder).mtimeMs / 1000) * 1000),
  };
};

/** The file of what charts show. */
export const CHARTS = 'charts.json';

interface Computed {
  readonly summary: Summary;
  readonly charts: readonly RunCharts[];
}

const summaryIn = (path: string): Summary | ConfigError => {
  try {
    return readSummary(path);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
};

/** Null where there is no such file, or one of another version. */
const chartsIn = (path: string): readonly RunCharts[] | null => {
  if (!existsSync(path)) return null;
  try {
    return chartsSchema.safeParse(JSON.parse(readText(path, 'what charts show'))).data?.runs ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const fromLogs = async (folder: string): Promise<Computed | null> => {
  const own = await fromLog(folder);
  if (own !== null) return own;
  const repetitions = join(folder, 'repetitions');
  if (!existsSync(repetitions)) return null;
  const all: Computed[] = [];
  for (const name of readdirSync(repetitions).toSorted((a, b) => Number(a) - Number(b))) {
    const one = await fromLog(join(repetitions, name));
    if (one !== null) all.push({ ...one, charts: one.charts.map((chart) => ofRepetition(chart, Number(name))) });
  }
  if (all.length === 0) return null;
  const isEnded = existsSync(join(folder, 'summary.json'));
  const runs = all.reduce((sum, { summary }) => sum + summary.runs.length, 0);
  const summary = mergedSummary(
    all.map((one) => one.summary),
    { runs, repetitions: all.length },
  );
  return {
    summary: isEnded ? summary : { ...summary, valid: false, invalidBecause: [UNENDED, ...summary.invalidBecause] },
    charts: all.flatMap(({ charts }) => charts),
  };
};

/** Each repetition says by its log whether it is whole; nothing says how many were wanted. */
const UNENDED = 'the command was killed before it wrote its summary: repetitions may be missing';

const fromLog = async (folder: string): Promise<Computed | null> => {
  const path = join(folder, 'events.jsonl');
  if (!existsSync(path)) return null;
  const charts: RunCharts[] = [];
  const summary = await summaryOfLog(path, { lost: 0, onRun: (tally) => charts.push(runCharts(tally)) });
  return summary && { summary, charts };
};

/** Null for the scenario of another version: the report then has no map. */
const scenarioIn = (folder: string): Scenario | null => {
  const path = join(folder, 'scenario.resolved.yaml');
  try {
    return existsSync(path) ? readScenario(path) : null;
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
};
