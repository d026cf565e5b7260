import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NetemMeasurement } from '../links-report.ts';

const INSIDE = fileURLToPath(new URL('../netem/main.ts', import.meta.url));

/**
 * Probes the kernel's netem on the loopback device of a separate network namespace. The namespace ends with its only process,
 * so nothing is left in any case. Needs root, or a system that lets users create namespaces.
 */
export const measureNetem = (options: {
  readonly delaysMs: readonly number[];
  readonly durationMs: number;
  readonly signal: AbortSignal;
}): Promise<NetemMeasurement> =>
  new Promise((resolve) => {
    const { delaysMs, durationMs, signal } = options;
    const isRoot = process.getuid?.() === 0;
    const enter = ['unshare', ...(isRoot ? [] : ['--user', '--map-root-user']), '--net', '--'];
    const [command, ...words] = [...enter, process.execPath, INSIDE, `${durationMs}`, delaysMs.join()];
    execFile(command!, words, { signal }, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout) as NetemMeasurement);
      const reason = stderr.trim().split('\n').at(-1) || error.message;
      resolve({ kind: 'not measured', reason });
    });
  });
