import { execFile } from 'node:child_process';
import type { CommandOutcome } from '../docker-facts.ts';
import type { Probed } from '../facts.ts';

/** Runs a probe with a timeout. An error or a timeout is returned as `unknown`, so this never throws. */
export const ask = async <T>(timeoutMs: number, probe: () => T | Promise<T>): Promise<Probed<T>> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return { kind: 'known', value: await Promise.race([(async () => probe())(), late]) };
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
};

/** Runs a command until it ends, or kills it after `timeoutMs`. */
export const commandOutcome = (command: string, args: readonly string[], timeoutMs: number): Promise<CommandOutcome> =>
  new Promise((resolve) => {
    execFile(command, args, { timeout: timeoutMs, killSignal: 'SIGKILL', encoding: 'utf8' }, (error, out, err) => {
      if (error === null) resolve({ kind: 'ended', code: 0, out, err });
      else if (error.killed === true) resolve({ kind: 'late', afterMs: timeoutMs });
      else if (typeof error.code === 'number') resolve({ kind: 'ended', code: error.code, out, err });
      else if (error.code === 'ENOENT') resolve({ kind: 'absent' });
      else resolve({ kind: 'ended', code: 1, out, err: err || error.message });
    });
  });
