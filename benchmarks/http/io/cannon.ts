import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { CannonResult } from '../door.ts';

/** One closed loop: so many connections, each of which sends a request when the one before is answered. */
export interface Cannon {
  readonly url: string;
  readonly connections: number;
  /** Whole seconds. */
  readonly seconds: number;
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs autocannon in a process of its own, so that the load shares no event loop with what is measured. There is no rate, so it corrects nothing for
 * coordinated omission; with a rate its correction would take each request for due every millisecond, and `ignoreCoordinatedOmission` be needed.
 */
export const fired = async ({ url, connections, seconds, body, headers, signal }: Cannon): Promise<CannonResult> => {
  const args = [
    '--json',
    ...['--connections', String(connections), '--duration', String(seconds)],
    ...Object.entries(headers).flatMap(([name, value]) => ['--headers', `${name}=${value}`]),
    ...(body === null ? [] : ['--method', 'POST', '--body', body]),
    url,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [programPath(), ...args], { signal });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as CannonResult;
};

const programPath = (): string => {
  try {
    return createRequire(import.meta.url).resolve('autocannon/autocannon.js');
  } catch {
    throw new Error('autocannon is not installed: npm ci');
  }
};
