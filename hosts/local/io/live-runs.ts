import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from '../../../core/config/io/write-whole.ts';
import type { ReloadDoor } from './local-reload.ts';

/** A local run that is under way, as other commands of this user find it. */
export interface LiveRun {
  readonly pid: number;
  readonly scenario: string;
  /** The file that it was read from. */
  readonly file: string;
  /** Of the scenario; null where nobody may cause faults. */
  readonly token: string | null;
  /** Where its routers load the scenario again. */
  readonly reload: ReloadDoor;
  /** Where each node is reached on the loopback, past its paths. */
  readonly nodePorts: Readonly<Record<string, number>>;
  /** The processes of the nodes, as they were when it began. */
  readonly nodePids: Readonly<Record<string, number>>;
  /** When it began, by the wall clock. */
  readonly startUnixMs: number;
}

/** Tells other commands of a run, by a small file in the folder for temporary files; returns what takes it back. Throws `DiskError`. */
export const announceRun = (run: Omit<LiveRun, 'pid'>): (() => void) => {
  const path = join(tmpdir(), `${PREFIX}${process.pid}.json`);
  const withdraw = (): void => {
    process.off('exit', withdraw);
    rmSync(path, { force: true });
  };
  process.once('exit', withdraw); // at a second Ctrl-C
  writeWhole(path, JSON.stringify({ pid: process.pid, ...run }), 0o600);
  return withdraw;
};

/** The runs that are under way; what a killed one left behind is removed. */
export const liveRuns = (): readonly LiveRun[] =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX) && name.endsWith('.json'))
    .flatMap((name) => {
      const path = join(tmpdir(), name);
      try {
        const run = JSON.parse(readFileSync(path, 'utf8')) as LiveRun;
        if (isAlive(run.pid)) return [run];
        rmSync(path, { force: true });
      } catch {
        // it ended, or belongs to another user
      }
      return [];
    });

const PREFIX = 'starlane-live-';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
