import type { Summary } from '../../../report/summary-schema.ts';
import { KeptStudies } from './kept-studies.ts';
import { type Study, type StudyMeans, simulatedStudy } from './simulated-study.ts';

/**
 * The studies of one command. What an earlier command has kept in the same folder is taken; what is simulated is kept, so that the same command
 * goes on where it was stopped.
 */
export class Studies {
  readonly #kept: KeptStudies;
  readonly #means: StudyMeans;
  #taken = 0;

  /** Throws `ConfigError` and `DiskError` where there can be no files. */
  constructor(folder: string, means: StudyMeans) {
    this.#kept = new KeptStudies(folder);
    this.#means = means;
  }

  /** Why nothing of an earlier command can be taken, as one line; null where it can. */
  get remark(): string | null {
    return this.#kept.canResume ? null : 'nothing says which code this is, so no earlier result is used';
  }

  /** How many were simulated by an earlier command. */
  get taken(): number {
    return this.#taken;
  }

  /** Null where it was stopped. Rejects where a run of it fails, and with `DiskError` where it cannot be kept. */
  async summaryOf(study: Study, onShare: (share: number) => void): Promise<Summary | null> {
    onShare(0);
    const known = this.#kept.load(study);
    if (known !== null) {
      this.#taken++;
      return known;
    }
    const summary = await simulatedStudy(study, { ...this.#means, onShare });
    if (summary !== null) this.#kept.save(study, summary);
    return summary;
  }
}
