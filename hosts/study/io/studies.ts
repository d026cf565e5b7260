import { DiskError } from '../../../core/config/disk-error.ts';
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
  #fault: DiskError | null = null;

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

  /** Why a study could not be kept; null while all could. Its summary is whole all the same. */
  get fault(): DiskError | null {
    return this.#fault;
  }

  /** Null where it was stopped. Rejects where a run of it fails. */
  async summaryOf(study: Study, onShare: (share: number) => void): Promise<Summary | null> {
    onShare(0);
    const known = this.#kept.load(study);
    if (known !== null) {
      this.#taken++;
      return known;
    }
    const summary = await simulatedStudy(study, { ...this.#means, onShare });
    if (summary !== null) this.#keep(study, summary);
    return summary;
  }

  #keep(study: Study, summary: Summary): void {
    try {
      this.#kept.save(study, summary);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#fault ??= error;
    }
  }
}
