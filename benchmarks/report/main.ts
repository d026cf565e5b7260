import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { EventFile } from '../../core/event/io/event-file.ts';
import { eachEvent } from '../../core/event/io/event-reader.ts';
import { Progress } from '../../core/process/io/progress.ts';
import { seededRng } from '../../core/random/rng.ts';
import { summarise } from '../../report/summary.ts';
import { conditionsOfSuite, printRows, suiteResult } from '../suites/io/print-rows.ts';
import type { SuiteRow } from '../suites/suite-result.ts';
import { madeUpLog } from './made-up-log.ts';

/*
 * How long the summary of a long log takes, and how much memory: `npm run bench:report -- --requests 1000000`. The log is made up
 * in a temporary folder; a process of its own summarises it, so that its memory is only that of summarising.
 */
const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return value;
};

const { requests, log, json } = new Command('bench:report')
  .option('--requests <n>', 'of the made-up log', positive, 1_000_000)
  .option('--log <file>', 'summarise this log instead')
  .option('--json', 'print JSON instead of a line', false)
  .parse()
  .opts<{ requests: number; log?: string; json: boolean }>();
const conditions = conditionsOfSuite('report');

const summariseOne = (path: string): void => {
  const startedMs = performance.now();
  let events = 0;
  const counted = function* () {
    for (const event of eachEvent(path)) {
      events++;
      yield event;
    }
  };
  const { runs } = summarise(counted(), { machine: '' });
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage();
  const summarised = runs.reduce((sum, { figures }) => sum + figures.requests, 0);
  const cpuS = (user + system) / 1e6;
  const peakMib = process.resourceUsage().maxRSS / 1024;
  if (json) {
    const name = `${summarised} requests`;
    const row = (unit: string, value: number, isLowerBetter = true): SuiteRow => ({
      ...{ case: name, unit, value, isLowerBetter },
    });
    const rows = [row('s of CPU', cpuS), row('requests/s', summarised / seconds, false), row('MiB at most', peakMib)];
    printRows(suiteResult(conditions, rows), { json });
    return;
  }
  process.stdout.write(
    `${(statSync(path).size / 2 ** 20).toFixed(0)} MiB, ${events} events, ${summarised} measured requests: ` +
      `${seconds.toFixed(1)} s, ${cpuS.toFixed(1)} s of processor time, ` +
      `${(summarised / seconds).toFixed(0)} requests/s, ` +
      `peak RSS ${peakMib.toFixed(0)} MiB\n`,
  );
};

if (log !== undefined) {
  summariseOne(log);
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
