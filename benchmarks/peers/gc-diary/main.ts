import { openSync, writeSync } from 'node:fs';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { wallStepMs } from '../../../core/time/io/steady-unix.ts';
import { monotonicMs } from '../io/monotonic.ts';

/**
 * Loaded before a proxy that runs on Node (`--import`): writes a line for each pause of its garbage collector to a file of this
 * process in `STARLANE_GC_DIARY`: when it began by the monotonic clock of the machine, how long it was, both in ms, and its kind.
 */
const file = openSync(`${process.env.STARLANE_GC_DIARY}/${process.pid}.gc`, 'a');
const shiftMs = wallStepMs(monotonicMs, () => performance.now());

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { detail } = entry as unknown as { readonly detail: { readonly kind: number } };
    const name = detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? 'scavenge' : 'other';
    writeSync(file, `${(shiftMs + entry.startTime).toFixed(3)} ${entry.duration.toFixed(3)} ${name}\n`);
  }
}).observe({ entryTypes: ['gc'] });
