import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface TcFailure {
  /** The number of the line in the batch. */
  readonly index: number;
  readonly line: string;
  /** What tc said about it. */
  readonly problem: string;
}

export interface TcAnswer {
  /** What each `show` line that did not fail printed, as JSON, in order. */
  readonly shown: readonly string[];
  /** The lines that failed; the other lines are applied. */
  readonly failures: readonly TcFailure[];
}

/**
 * One `tc` that lives as long as the shaper and takes lines on its standard input, so that a batch starts no process.
 *
 * tc prints nothing for a line that worked, and `Command failed -:<number of the line>` for one that did not, at once and in
 * order. So every batch ends in a line that must fail: when its number comes, all lines before it are done. Tried: iproute2 6.1.
 *
 * It ends by itself when this process is gone, because its input ends. If it is killed, the batch rejects and the next one
 * starts another.
 */
export class TcProcess {
  readonly #enter: readonly string[];
  #child: ChildProcessWithoutNullStreams | null = null;
  readonly #alive = new Set<ChildProcessWithoutNullStreams>();
  #linesWritten = 0;

  /** `enter` are words to put in front of `tc`, such as `ip netns exec a`. */
  constructor(enter: readonly string[]) {
    this.#enter = enter;
  }

  /** Runs the lines in order, whether or not one fails. One call at a time. Rejects when tc cannot run or dies. */
  run(lines: readonly string[]): Promise<TcAnswer> {
    const child = this.#running();
    const first = this.#linesWritten + 1;
    this.#linesWritten += lines.length + 1;
    const shows = lines.filter((line) => SHOW.test(line)).length;
    const failures: TcFailure[] = [];
    let isAcknowledged = false;
    let shown = '';
    let said = '';
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        const failedShows = failures.filter(({ line }) => SHOW.test(line)).length;
        const shownLines = shown.split('\n').slice(0, -1);
        if (!isAcknowledged || shownLines.length < shows - failedShows) return;
        detach();
        if (failedShows > 0) this.#forget(); // it may have left half a JSON text in its buffer
        resolve({ shown: shownLines, failures });
      };
      const onShown = (text: string): void => {
        shown += text;
        settle();
      };
      const onSaid = (text: string): void => {
        said += text;
        for (let match = FAILED.exec(said); match !== null; match = FAILED.exec(said)) {
          said = said.slice(match.index + match[0].length);
          const index = Number(match[2]) - first;
          if (index === lines.length) isAcknowledged = true;
          else failures.push({ index, line: lines[index] ?? '', problem: match[1]!.replaceAll(/\s+/g, ' ').trim() });
        }
        settle();
      };
      const onClose = (): void => onError(new Error(`tc ended: ${said.trim() || 'it said nothing'}`));
      const onError = (error: Error): void => {
        detach();
        if (this.#child === child) this.#child = null;
        reject(error);
      };
      const detach = (): void => {
        child.stdout.off('data', onShown);
        child.stderr.off('data', onSaid);
        child.off('close', onClose).off('error', onError);
      };
      child.stdout.on('data', onShown);
      child.stderr.on('data', onSaid);
      child.on('close', onClose).on('error', onError);
      child.stdin.write([...lines, MUST_FAIL, ''].join('\n'));
    });
  }

  /** Waits until tc is gone. */
  async close(): Promise<void> {
    this.#forget();
    await Promise.all([...this.#alive].map((child) => new Promise((resolve) => child.once('close', resolve))));
  }

  #running(): ChildProcessWithoutNullStreams {
    if (this.#child !== null) return this.#child;
    const [command, ...words] = [...this.#enter, 'tc', '-force', '-json', '-statistics', '-batch', '-'];
    // In a process group of its own: a Ctrl-C in the terminal must not end it before it has removed the tree.
    const child = spawn(command!, words, { stdio: 'pipe', detached: true });
    child.stdin.on('error', () => {}); // tc is gone: `close` reports it
    child.on('error', () => {}); // the batch reports it
    this.#alive.add(child);
    child.on('close', () => {
      this.#alive.delete(child);
      if (this.#child === child) this.#child = null;
    });
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    this.#child = child;
    this.#linesWritten = 0;
    return child;
  }

  #forget(): void {
    this.#child?.stdin.end();
    this.#child = null;
  }
}

const SHOW = /^\w+ show /;
const MUST_FAIL = 'end-of-batch';
const FAILED = /([\s\S]*?)Command failed [^\n]*:(\d+)\n/;
