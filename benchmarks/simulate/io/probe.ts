import { writeFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import type { ProcessUse } from '../speed.ts';

/*
 * Loaded before the command line of any commit (`node --import`): when the process ends, it writes what it used to the file that
 * STARLANE_PROBE names. It needs nothing of that commit.
 */
const file = process.env.STARLANE_PROBE;
if (isMainThread && file !== undefined) {
  let gcMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  process.on('exit', () => {
    for (const { duration } of observer.takeRecords()) gcMs += duration;
    const { user, system } = process.cpuUsage();
    const use: ProcessUse = {
      cpuS: (user + system) / 1e6,
      gcS: gcMs / 1000,
      allocatedBytes:
        (getHeapStatistics() as { readonly total_allocated_bytes?: number }).total_allocated_bytes ?? Number.NaN,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
    writeFileSync(file, JSON.stringify(use));
  });
}
