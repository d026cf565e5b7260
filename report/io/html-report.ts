import { join, relative } from 'node:path';
import { writeWhole } from '../../core/config/io/write-whole.ts';
import type { RunCharts } from '../charts/charts-schema.ts';
import type { ReportedFolder } from '../html/contender.ts';
import { CHARTS, reportedFolder } from './reported-folder.ts';
import type { StudiedFolder } from './studied-folder.ts';

/** The name of the report in a folder of results. */
export const REPORT = 'report.html';

/**
 * Writes what charts show beside `summary.json`, and the report of both, which calls the folder `name`. Throws `DiskError` when the disk does
 * not take them.
 */
export const writeOwnReport = async (
  folder: string,
  charts: readonly RunCharts[],
  name = relative('.', folder) || '.',
): Promise<void> => {
  writeWhole(join(folder, CHARTS), `${JSON.stringify({ schema: 1, runs: charts })}\n`);
  await writeHtmlReport([await reportedFolder(folder, name)], join(folder, REPORT));
};

/** Writes the page of a sweep or of find-capacity, and gives what it says first, a line each. Throws `DiskError` when the disk does not take it. */
export const writeStudyReport = async (study: StudiedFolder, path: string): Promise<readonly string[]> => {
  if (study.kind === 'sweep') {
    const { sweepPage, sweepVerdict } = await import('../html/sweep-page.ts');
    writeWhole(path, sweepPage(study.name, study.sweep));
    const { headline, sentences } = sweepVerdict(study.sweep);
    return [`${headline}.`, ...sentences.map((sentence) => `  ${sentence}`)];
  }
  const { capacityPage, capacityVerdict } = await import('../html/capacity-page.ts');
  writeWhole(path, capacityPage(study.name, study.capacity));
  const { headline, sentences } = capacityVerdict(study.capacity);
  return [`${headline}.`, ...sentences.map((sentence) => `  ${sentence}`)];
};

/** Writes one report of several folders. Throws `DiskError` when the disk does not take it. */
export const writeHtmlReport = async (folders: readonly ReportedFolder[], path: string): Promise<void> => {
  const { reportPage } = await import('../html/report-page.ts'); // it has the land of the world, which no run needs
  writeWhole(path, reportPage(folders));
};
