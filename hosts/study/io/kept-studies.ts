import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../core/config/io/output.ts';
import { writeWhole } from '../../../core/config/io/write-whole.ts';
import { commitOf } from '../../../report/io/commit.ts';
import { type Summary, summarySchema } from '../../../report/summary-schema.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../../scenario/resolved-scenario.ts';
import type { Study } from './simulated-study.ts';

/**
 * Studies that were simulated to their end, a file each in a folder, by all that they depend on: the resolved scenario, policies, seeds and the commit.
 * A command that was stopped goes on where it was. Where files differ from the commit, nothing says which code a study is of, so none is taken.
 */
export class KeptStudies {
  readonly #folder: string;
  readonly #commit: string | null;

  /** Throws `ConfigError` and `DiskError` where there can be no files. */
  constructor(folder: string, commit: string | null = commitOf()) {
    this.#folder = join(folder, 'studies');
    this.#commit = commit;
    makeFolder(this.#folder, '--out');
  }

  /** Whether the code is known, so that studies of an earlier command may be taken. */
  get canResume(): boolean {
    return this.#commit !== null && !this.#commit.endsWith('+');
  }

  /** The summary of a study that an earlier command has kept; null where there is none. Throws `ConfigError` for a wrong scenario. */
  load(study: Study): Summary | null {
    if (!this.canResume) return null;
    try {
      return summarySchema.parse(JSON.parse(readFileSync(this.#path(study), 'utf8')));
    } catch (error) {
      if (error instanceof SyntaxError || isMissing(error) || (error as Error).name === 'ZodError') return null;
      throw error;
    }
  }

  save(study: Study, summary: Summary): void {
    writeWhole(this.#path(study), JSON.stringify(summary));
  }

  #path({ file, overrides, policies, repeat }: Study): string {
    const { hash } = resolvedScenario(readScenario(file, overrides));
    const key = createHash('sha256')
      .update(JSON.stringify([this.#commit, hash, policies, repeat]))
      .digest('hex');
    return join(this.#folder, `${key.slice(0, 32)}.json`);
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
