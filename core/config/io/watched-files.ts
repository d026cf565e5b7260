import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

export interface WatchedFiles {
  close(): void;
}

/**
 * Calls `onChange` each time that a file was written or replaced, once it has been left alone for `settleMs`: an editor may write in pieces, or
 * rename. A file that is away for a moment is not told. It goes by the events of the file system, and looks every `everyMs` besides, because
 * not every file system tells (those of other machines, those that containers share). It keeps no process alive.
 */
export const watchFiles = ({
  paths,
  onChange,
  settleMs = 150,
  everyMs = 1000,
}: {
  /** Asked at each look: which files matter may change with their content. */
  readonly paths: () => readonly string[];
  readonly onChange: () => void;
  readonly settleMs?: number;
  readonly everyMs?: number;
}): WatchedFiles => {
  let told = stampsOf(paths());
  let settling: NodeJS.Timeout | undefined;
  const settle = (stamps: string | null): void => {
    settling = setTimeout(() => {
      settling = undefined;
      const now = stampsOf(paths());
      if (now !== stamps) return settle(now);
      if (now === null || now === told) return;
      told = now;
      onChange();
    }, settleMs).unref();
  };
  const look = (): void => {
    if (settling !== undefined) return;
    const now = stampsOf(paths());
    if (now !== told) settle(now);
  };
  const looking = setInterval(look, everyMs).unref();
  const folders = [...new Set(paths().map((path) => dirname(path)))];
  const watchers = folders.flatMap((folder) => watcherOf(folder, look));
  return {
    close: () => {
      clearTimeout(settling);
      clearInterval(looking);
      for (const watcher of watchers) watcher.close();
    },
  };
};

/** Of the folder, because a file that was replaced is another one. Nothing where the system has no events, or no more watchers. */
const watcherOf = (folder: string, look: () => void): FSWatcher[] => {
  try {
    return [watch(folder, { persistent: false }, look).on('error', () => {})];
  } catch {
    return [];
  }
};

/** Tells one state of files from another; null while one is away. */
const stampsOf = (paths: readonly string[]): string | null => {
  const stats = paths.map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  if (stats.includes(undefined)) return null;
  return stats.map((stat) => `${stat!.mtimeNs} ${stat!.size} ${stat!.ino}`).join('\n');
};
