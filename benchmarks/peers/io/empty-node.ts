import { setTimeout as sleep } from 'node:timers/promises';
import { BenchProcess } from './bench-process.ts';
import { residentMib } from './process-usage.ts';

/** Resident memory of a Node that does nothing, in MiB. */
export const emptyNodeMib = async (cores: string): Promise<number> => {
  const args = ['--eval', 'setInterval(() => {}, 1 << 30)'];
  const child = new BenchProcess({ name: 'empty node', command: process.execPath, args, cores });
  await sleep(SETTLE_MS);
  const mib = residentMib(child.pid);
  await child.stop();
  return mib;
};

const SETTLE_MS = 1000;
