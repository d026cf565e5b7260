import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../core/config/io/output.ts';
import { writeWhole } from '../../../core/config/io/write-whole.ts';
import { commitOf } from '../../../report/io/commit.ts';
import { type Summary, summarySchema } from '../../../report/summary-schema.ts';
import { resolvedScenario } from '../../../scenario/resolved-scenario.ts';
import { codeDigest } from './code-digest.ts';
import type { Study } from './simulated-study.ts';

/**
 * Studies that were simulated to their end, a file each in a folder, by all that they depend on: the resolved scenario, policies, seeds and the
 * code. A command that was stopped goes on where it was. Where nothing says which code a study is of, none is taken.
 */
export class KeptStudies {
  readonly #folder: string;
  readonly #code: string | null;

  /** Throws `ConfigError` and `DiskError` where there can be no files. */
  constructor(folder: string, code: string | null = codeDigest() ?? wholeCommit()) {
    this.#folder = join(folder, 'studies');
    this.#code = code;
    makeFolder(this.#folder, '--out');
  }

  /** Whether the code is known, so that studies of an earlier command may be taken. */
  get canResume(): boolean {
    return this.#code !== null;
  }

  /** The summary of a study that an earlier command has kept; null where there is none, or only a broken file. */
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

  #path({ scenario, policies, repeat }: Study): string {
    const { hash } = resolvedScenario(scenario);
    const key = createHash('sha256')
      .update(JSON.stringify([this.#code, hash, policies, repeat]))
      .digest('hex');
    return join(this.#folder, `${key.slice(0, 32)}.json`);
  }
}

/** The commit that an image was built from; null where files differ from it. */
const wholeCommit = (): string | null => {
  const commit = commitOf();
  return commit === null || commit.endsWith('+') ? null : commit;
};

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
