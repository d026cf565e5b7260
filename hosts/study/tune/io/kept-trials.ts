import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { diskErrorOf } from '../../../../core/config/disk-error.ts';
import { makeFolder } from '../../../../core/config/io/output.ts';
import { METRICS } from '../../../../report/metric.ts';
import type { RunResult } from '../../../../report/summary-schema.ts';
import { codeDigest } from '../../io/code-digest.ts';

/** What is kept of one simulation. */
export interface TrialResult {
  /** Every metric by its name; null where it is not known. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly valid: boolean;
}

export const trialResult = ({ figures, valid }: RunResult): TrialResult => ({
  metrics: Object.fromEntries(METRICS.map(({ name, of }) => [name, of(figures)])),
  valid,
});

const lineSchema = z.object({
  key: z.string(),
  metrics: z.record(z.string(), z.number().nullable()),
  valid: z.boolean(),
});

/**
 * Simulations that came to their end, a line each in `trials.jsonl` of a folder, by all that they depend on, the code included: a command that was
 * stopped goes on where it was. A line that was cut off counts as none. Where nothing says which code this is, nothing is taken.
 */
export class KeptTrials {
  readonly #path: string;
  readonly #code: string | null;
  readonly #known = new Map<string, TrialResult>();

  /** Throws `ConfigError` and `DiskError` where there can be no files. */
  constructor(folder: string, code: string | null = codeDigest()) {
    makeFolder(folder, '--out');
    this.#path = join(folder, 'trials.jsonl');
    this.#code = code;
    if (code === null) return;
    const lines = linesOf(this.#path);
    for (const line of lines) {
      const parsed = lineSchema.safeParse(jsonOf(line));
      if (!parsed.success) continue;
      const { key, ...result } = parsed.data;
      this.#known.set(key, result);
    }
    // What follows a line that was cut off begins a line of its own.
    if ((lines.at(-1) ?? '') !== '') this.#append('');
  }

  /** Whether the code is known, so that simulations of an earlier command may be taken. */
  get canResume(): boolean {
    return this.#code !== null;
  }

  /** The key of a simulation by what names it: scenario, policy, values, seed. */
  keyOf(names: readonly unknown[]): string {
    return createHash('sha256')
      .update(JSON.stringify([this.#code, ...names]))
      .digest('hex')
      .slice(0, 32);
  }

  load(key: string): TrialResult | null {
    return this.#known.get(key) ?? null;
  }

  /** Throws `DiskError`. */
  save(key: string, result: TrialResult): void {
    this.#known.set(key, result);
    this.#append(JSON.stringify({ key, ...result }));
  }

  #append(line: string): void {
    try {
      appendFileSync(this.#path, `${line}\n`);
    } catch (error) {
      throw diskErrorOf(this.#path, error);
    }
  }
}

const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};
