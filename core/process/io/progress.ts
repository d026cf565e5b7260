/** What a command is doing now. */
interface Shown {
  readonly title: string;
  /** 0 to 1; null while nobody knows. */
  readonly share: number | null;
  readonly detail: string;
}

export interface ProgressOptions {
  readonly stream?: ProgressStream;
  /** Milliseconds of any clock. */
  readonly nowMs?: () => number;
}

/** What a `WriteStream` of Node has, and a test can have too. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Tells a person how far long work is, on standard error. On a terminal it is one line that is rewritten. Elsewhere (a file, a pipe,
 * the log of a CI) it is a plain line at each phase (each new title, and each new detail of a phase without a share) and every 10 s:
 * `+42 s 1/2 random 35 %: 120 of 340 ended`. Work that ends within 2 s says nothing there.
 */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #nowMs: () => number;
  readonly #isRewritten: boolean;
  readonly #beganAtMs: number;
  #shown: Shown | null = null;
  #toldPhase = '';
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  #ticking: NodeJS.Timeout | null = null;

  constructor({ stream = process.stderr, nowMs = () => performance.now() }: ProgressOptions = {}) {
    this.#stream = stream;
    this.#nowMs = nowMs;
    this.#isRewritten = stream.isTTY === true && process.env.TERM !== 'dumb';
    this.#beganAtMs = nowMs();
  }

  /** Shows a share of 0 to 1, where it is known, with a word before it and one after it. Cheap enough to call often. */
  show(title: string, share: number | null, detail: string): void {
    this.#shown = { title, share, detail };
    // A phase may take minutes without a word of its own.
    this.#ticking ??= setInterval(() => this.tick(), TICK_MS).unref();
    this.tick();
  }

  /** Writes what is due by now. */
  tick(): void {
    if (this.#shown === null) return;
    if (this.#isRewritten) this.#rewrite(this.#shown);
    else this.#tell(this.#shown);
  }

  /** Prints a line that stays, such as a warning. */
  say(line: string): void {
    this.#erase();
    this.#stream.write(`${line}\n`);
  }

  /** The work is over: removes the line of a terminal. */
  clear(): void {
    if (this.#ticking !== null) clearInterval(this.#ticking);
    this.#ticking = null;
    this.#shown = null;
    this.#erase();
  }

  #rewrite({ title, share, detail }: Shown): void {
    const nowMs = this.#nowMs();
    if (share !== 1 && nowMs - this.#writtenAtMs < REDRAW_MS) return;
    this.#writtenAtMs = nowMs;
    const bar = share === null ? '' : `${barOf(share)} `;
    const line = onOneLine(`${title} ${bar}${detail}`).slice(0, (this.#stream.columns || USUAL_COLUMNS) - 1);
    this.#stream.write(`\r\x1b[2K${line}`);
  }

  #tell({ title, share, detail }: Shown): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#beganAtMs < QUIET_MS) return;
    const phase = share === null ? `${title}\n${detail}` : title;
    if (phase === this.#toldPhase && nowMs - this.#writtenAtMs < EVERY_MS) return;
    this.#toldPhase = phase;
    this.#writtenAtMs = nowMs;
    const percent = share === null ? '' : ` ${Math.round(within01(share) * 100)} %`;
    const seconds = Math.floor((nowMs - this.#beganAtMs) / 1000);
    this.#stream.write(`+${seconds} s ${onOneLine(`${title.trim()}${percent}: ${detail}`)}\n`);
  }

  #erase(): void {
    if (this.#isRewritten && this.#writtenAtMs !== Number.NEGATIVE_INFINITY) this.#stream.write('\r\x1b[2K');
  }
}

const within01 = (share: number): number => Math.min(1, Math.max(0, share));

const barOf = (share: number): string => {
  const filled = Math.round(within01(share) * BAR_CELLS);
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
};

/** What others say, such as the engine of containers, may hold codes that a terminal obeys. */
const onOneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');

const BAR_CELLS = 24;

/** For a terminal that does not report its width. */
const USUAL_COLUMNS = 80;
const REDRAW_MS = 100;
const QUIET_MS = 2000;
const EVERY_MS = 10_000;
const TICK_MS = 1000;
