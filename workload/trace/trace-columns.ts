import type { TraceRow } from './format/trace-format.ts';
import type { Trace } from './trace.ts';

/** Rows on their way to columns. A million rows take 40 MB, and 8 bytes more for each block. */
export class TraceColumns {
  readonly #atS: number[] = [];
  readonly #promptTokens: number[] = [];
  readonly #outputTokens: number[] = [];
  #sessions: string[] | null = null;
  readonly #blocks: number[] = [];
  readonly #blockStarts: number[] = [];
  #leftOut = 0;

  get rows(): number {
    return this.#atS.length;
  }

  /** A row without a prompt or an answer is counted and left out: no node would have anything to do. */
  add(row: TraceRow): void {
    if (row.promptTokens === 0 || row.outputTokens === 0) {
      this.#leftOut++;
      return;
    }
    if (row.session !== undefined) {
      this.#sessions ??= this.#atS.map(() => '');
      this.#sessions.push(row.session);
    } else this.#sessions?.push('');
    this.#blockStarts.push(this.#blocks.length);
    if (row.blocks !== undefined) for (const id of row.blocks) this.#blocks.push(id);
    this.#atS.push(row.atS);
    this.#promptTokens.push(row.promptTokens);
    this.#outputTokens.push(row.outputTokens);
  }

  /** The trace of at least one row. */
  trace({ blockTokens, remarks }: { readonly blockTokens: number | null; readonly remarks: readonly string[] }): Trace {
    const firstS = this.#atS[0]!;
    const all = this.rows + this.#leftOut;
    const leftOut = `${this.#leftOut} of ${all} rows of the trace have no prompt or no answer, and are left out`;
    return {
      arrivalS: Float64Array.from(this.#atS, (atS) => atS - firstS),
      promptTokens: Int32Array.from(this.#promptTokens),
      outputTokens: Int32Array.from(this.#outputTokens),
      sessions: this.#sessions,
      blocks:
        blockTokens === null
          ? null
          : {
              blockTokens,
              ids: Float64Array.from(this.#blocks),
              starts: Int32Array.from([...this.#blockStarts, this.#blocks.length]),
            },
      remarks: this.#leftOut === 0 ? remarks : [...remarks, leftOut],
    };
  }
}
