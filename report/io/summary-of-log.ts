import { arch, cpus, platform } from 'node:os';
import { eachEvent } from '../../core/event/io/event-reader.ts';
import { inTurns } from '../../core/process/io/in-turns.ts';
import type { RunCharts } from '../charts/charts-schema.ts';
import { Summariser } from '../summary.ts';
import type { Summary } from '../summary-schema.ts';

export interface LogSummary {
  readonly summary: Summary;
  readonly charts: readonly RunCharts[];
}

/** The summary of a log on disk, of which `lost` events could not be written. Null when it has not even its first line. */
export const summaryOfLog = async (path: string, { lost }: { readonly lost: number }): Promise<LogSummary | null> => {
  let torn = 0;
  const summariser = new Summariser();
  await inTurns(
    eachEvent(path, () => torn++),
    (event) => summariser.add(event),
  );
  if (!summariser.hasRun) return null;
  return { summary: summariser.summary(machine(), { lost, torn }), charts: summariser.charts() };
};

const machine = (): string =>
  `${platform()}/${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, node ${process.version}`;
