/** One line on a terminal that is rewritten as work proceeds; prints nothing when the output is piped. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #shownAtMs = 0;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** Shows a share of 0 to 1 as a bar, with a word before it and one after it. */
  show(title: string, share: number, detail: string): void {
    if (!this.#stream.isTTY) return;
    const nowMs = performance.now();
    if (share < 1 && nowMs - this.#shownAtMs < REDRAW_MS) return;
    this.#shownAtMs = nowMs;
    const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
    const line = `${title} ${bar} ${detail}`.slice(0, (this.#stream.columns || USUAL_COLUMNS) - 1);
    this.#stream.write(`\r\x1b[2K${line}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[2K');
  }
}

const BAR_CELLS = 24;

/** For a terminal that does not report its width. */
const USUAL_COLUMNS = 80;
const REDRAW_MS = 100;
