/** The alternate screen of a terminal: what was on the terminal before comes back when it is closed. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  readonly #restore = (): void => this.#leave();
  readonly #suspend = (): void => {
    this.#leave();
    process.kill(process.pid, 'SIGSTOP'); // what the terminal asked for; the shell has its screen now
  };
  readonly #resume = (): void => {
    this.#enter();
    this.onResume();
  };
  #isOpen = false;
  /** Called when the process goes on after it was suspended, and when the terminal has another size. */
  onResume: () => void = () => {};

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#enter();
    process.on('exit', this.#restore);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGCONT', this.#resume);
    stream.on('resize', this.#redraw);
  }

  get rows(): number {
    return this.#stream.rows || USUAL_ROWS;
  }

  get columns(): number {
    return this.#stream.columns || USUAL_COLUMNS;
  }

  /** Shows these lines from the top; what does not fit is cut off. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const shown = lines.slice(0, this.rows).map((line) => `${line}${CLEAR_LINE}`);
    this.#stream.write(`${HOME}${shown.join('\r\n')}${CLEAR_BELOW}`);
  }

  /** Idempotent. */
  close(): void {
    this.#leave();
    process.off('exit', this.#restore);
    process.off('SIGTSTP', this.#suspend);
    process.off('SIGCONT', this.#resume);
    this.#stream.off('resize', this.#redraw);
  }

  readonly #redraw = (): void => this.onResume();

  #enter(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#stream.write(ENTER);
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stream.write(LEAVE);
  }
}

// Alternate screen, cursor, wrapping of long lines. Source: xterm control sequences; ECMA-48 for the rest.
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[0m\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** For a terminal that does not report its size. */
const USUAL_ROWS = 24;
const USUAL_COLUMNS = 80;
