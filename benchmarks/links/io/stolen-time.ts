import { readFileSync } from 'node:fs';

/**
 * Returns a function that gives the share of processor time stolen since now: time that the host of this virtual machine gave
 * to others while a process here was ready to run. Null when the kernel does not report it, as on macOS. Source: proc(5),
 * /proc/stat.
 */
export const watchStolenTime = (): (() => number | null) => {
  const before = ticks();
  return () => {
    const after = ticks();
    if (before === null || after === null || after.all === before.all) return null;
    return (after.stolen - before.stolen) / (after.all - before.all);
  };
};

const ticks = (): { readonly all: number; readonly stolen: number } | null => {
  try {
    // user, nice, system, idle, iowait, irq, softirq, steal. The later fields are already counted in the first two.
    const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.trim().split(/\s+/);
    const counts = fields.slice(0, 8).map(Number);
    return counts.length < 8 ? null : { all: counts.reduce((sum, count) => sum + count, 0), stolen: counts[7]! };
  } catch {
    return null;
  }
};
