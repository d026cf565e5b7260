import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidArgumentError } from 'commander';
import { EventFile } from '../../core/event/io/event-file.ts';
import { eachEvent } from '../../core/event/io/event-reader.ts';
import { Progress } from '../../core/process/io/progress.ts';
import { seededRng } from '../../core/random/rng.ts';
import { ascending, quantile } from '../../core/stats/quantile.ts';
import type { RunCharts } from '../../report/charts/charts-schema.ts';
import { runCharts } from '../../report/charts/run-charts.ts';
import { Summariser } from '../../report/summary.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { conditionsOfSuite, printRows, suiteResult } from '../suites/io/print-rows.ts';
import type { SuiteRow } from '../suites/suite-result.ts';
import { madeUpLog } from './made-up-log.ts';

/*
 * How long the report of a long log takes (summary, charts and page), how much memory, and how soon the page is open in Chromium:
 * `npm run bench:report -- --requests 1000000`. The log is made up in a temporary folder; a process of its own reports it, so that its
 * memory is only that of reporting.
 */
const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
};

const { requests, log, json } = benchmarkCommand('bench:report')
  .option('--requests <n>', 'of the made-up log', positive, 1_000_000)
  .option('--log <file>', 'report this log instead: report.html is written beside it')
  .option('--json', 'print JSON instead of a line', false)
  .parse()
  .opts<{ requests: number; log?: string; json: boolean }>();
const conditions = conditionsOfSuite('report');

const reportOne = async (path: string): Promise<void> => {
  const startedMs = performance.now();
  let events = 0;
  const charts: RunCharts[] = [];
  const summariser = new Summariser((tally) => charts.push(runCharts(tally)));
  for (const event of eachEvent(path)) {
    events++;
    summariser.add(event);
  }
  const summary = summariser.summary('', { lost: 0, torn: 0 });
  // What only the page and its map need is loaded when the log has been added up, as commands do.
  const { reportPage } = await import('../../report/html/report-page.ts');
  const { readScenario } = await import('../../scenario/io/scenario-file.ts');
  const scenario = readScenario('scenarios/atlantic.yaml');
  const html = reportPage([{ name: 'made up', summary, charts, scenario, writtenAt: '' }]);
  const page = join(dirname(path), 'report.html');
  writeFileSync(page, html);
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage();
  const summarised = summary.runs.reduce((sum, { figures }) => sum + figures.requests, 0);
  const cpuS = (user + system) / 1e6;
  const peakMib = process.resourceUsage().maxRSS / 1024;
  const pageKib = Buffer.byteLength(html) / 1024;
  const openMs = await openingMs(page);
  if (json) {
    const name = `${summarised} requests`;
    const row = (unit: string, value: number, isLowerBetter = true): SuiteRow => ({
      ...{ case: name, unit, value, isLowerBetter },
    });
    const rows = [
      row('s of CPU', cpuS),
      row('requests/s', summarised / seconds, false),
      row('MiB at most', peakMib),
      row('KiB of HTML', pageKib),
      ...(openMs === null ? [] : [row('ms to open it', openMs)]),
    ];
    printRows(suiteResult(conditions, rows), { json });
    return;
  }
  process.stdout.write(
    `${(statSync(path).size / 2 ** 20).toFixed(0)} MiB, ${events} events, ${summarised} measured requests: ` +
      `${seconds.toFixed(1)} s, ${cpuS.toFixed(1)} s of processor time, ` +
      `${(summarised / seconds).toFixed(0)} requests/s, peak RSS ${peakMib.toFixed(0)} MiB\n` +
      `report.html: ${pageKib.toFixed(0)} KiB, ${openMs === null ? 'not opened: there is no Chromium' : `open and drawn in Chromium after ${openMs.toFixed(0)} ms`}\n`,
  );
};

/** From asking for the page until it is drawn: the median of five; null without a browser. */
const openingMs = async (path: string): Promise<number | null> => {
  const { startChromium } = await import('./io/chromium.ts');
  const browser = await startChromium().catch(() => null);
  if (browser === null) return null;
  try {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const startedMs = performance.now();
      await tab.goto(pathToFileURL(path).href);
      await tab.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(0))))');
      times.push(performance.now() - startedMs);
      await tab.close();
    }
    return quantile(ascending(times), 0.5);
  } finally {
    await browser.close();
  }
};

if (log !== undefined) {
  await reportOne(log);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-bench-'));
  try {
    const path = join(folder, 'events.jsonl');
    const file = new EventFile(path);
    const progress = new Progress();
    let made = 0;
    for (const event of madeUpLog(requests, seededRng(1)('log'))) {
      file.emit(event);
      if (event.kind === 'finished' && ++made % 10_000 === 0) progress.show('log', made / requests, 'making it up');
    }
    file.close();
    progress.clear();
    if (file.fault !== null) throw file.fault;
    const { status } = spawnSync(process.execPath, [import.meta.filename, '--log', path, ...(json ? ['--json'] : [])], {
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
