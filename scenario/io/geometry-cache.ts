import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GeometryFileHead, readGeometryFile } from '../../netem/sky/path/geometry-file.ts';

/** A kept geometry. */
export interface CachedGeometry {
  readonly file: string;
  readonly bytes: number;
  readonly usedAtUnixMs: number;
}

/**
 * Geometries in a folder that several commands may use at once, a file each by its key. A file appears as a whole, is checked when it is read,
 * and one that is broken is removed. What was used longest ago goes first when all are above `mostBytes`. Nothing here throws: what cannot be
 * read or kept is computed again.
 */
export class GeometryCache {
  readonly folder: string;
  readonly mostBytes: number;

  constructor(folder: string, mostBytes = MOST_BYTES) {
    this.folder = folder;
    this.mostBytes = mostBytes;
  }

  load(key: string): NonNullable<ReturnType<typeof readGeometryFile>> | null {
    const path = join(this.folder, `${key}${SUFFIX}`);
    try {
      const read = readGeometryFile(readFileSync(path));
      if (read === null) rmSync(path, { force: true });
      else utimesSync(path, new Date(), new Date());
      return read;
    } catch {
      return null;
    }
  }

  /** Keeps a file of `geometryFile`. A larger one than `mostBytes` is not kept. */
  save(key: string, file: Buffer): void {
    if (file.length > this.mostBytes) return;
    const path = join(this.folder, `${key}${SUFFIX}`);
    const unfinished = `${path}.${process.pid}${UNFINISHED}`;
    try {
      writeFileSync(unfinished, file);
      renameSync(unfinished, path);
      this.#bound();
    } catch {
      removed(unfinished);
    }
  }

  /** What is kept, the latest used first. */
  entries(): readonly CachedGeometry[] {
    return this.#files(SUFFIX).sort((a, b) => b.usedAtUnixMs - a.usedAtUnixMs);
  }

  /** What an entry is of; null for one that is broken or gone. */
  head({ file }: CachedGeometry): GeometryFileHead | null {
    try {
      return readGeometryFile(readFileSync(file))?.head ?? null;
    } catch {
      return null;
    }
  }

  /** Removes all, also what an ended command has left unfinished. Returns how many bytes they had. */
  clear(): number {
    const files = [...this.#files(SUFFIX), ...this.#files(UNFINISHED)];
    for (const { file } of files) removed(file);
    return files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #bound(): void {
    let left = this.mostBytes;
    for (const { file, bytes } of this.entries()) {
      left -= bytes;
      if (left < 0) removed(file);
    }
    for (const { file, usedAtUnixMs } of this.#files(UNFINISHED)) {
      if (Date.now() - usedAtUnixMs > ABANDONED_MS) removed(file);
    }
  }

  #files(suffix: string): CachedGeometry[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => name.endsWith(suffix))
        .flatMap((name) => {
          const file = join(this.folder, name);
          const found = statSync(file, { throwIfNoEntry: false });
          return found?.isFile() ? [{ file, bytes: found.size, usedAtUnixMs: found.mtimeMs }] : [];
        });
    } catch {
      return [];
    }
  }
}

const removed = (file: string): void => {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nobody can read it as a whole one.
  }
};

const MOST_BYTES = 256 << 20;
const SUFFIX = '.geometry';
const UNFINISHED = '.new';
const ABANDONED_MS = 3_600_000;
