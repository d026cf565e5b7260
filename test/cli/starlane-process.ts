import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface EndedWithProgress extends Ended {
  /** The lines about its progress, which `err` is without. */
  readonly progress: readonly string[];
}

/** A `starlane` command as a user starts it; every process that comes of it can be told from all others. */
export class StarlaneProcess {
  readonly ended: Promise<EndedWithProgress>;
  /** Its folder for temporary files, and what its processes are known by. */
  readonly temporary = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  readonly #child;
  #out = '';
  #err = '';

  constructor(...args: readonly string[]) {
    this.#child = spawn(process.execPath, ['cli/main.ts', ...args], {
      // A group of its own, as a terminal gives each command.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: this.temporary, STARLANE_CACHE: 'none' },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.ended = new Promise((resolve) =>
      this.#child.on('close', (code) => {
        const [out, lines] = [this.#out, this.#err.split(/(?<=\n)/)];
        const isProgress = (line: string): boolean => /^\+\d+ s /.test(line);
        const complaints = lines.filter((line) => !isProgress(line)).join('');
        resolve({ code, out, err: complaints, progress: lines.filter(isProgress) });
      }),
    );
  }

  /** Waits until it has written what fits the pattern, and returns the first group of the last match. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = [...`${this.#out}\n${this.#err}`.matchAll(new RegExp(pattern, 'gm'))].at(-1);
      if (found !== undefined) return found[1] ?? found[0];
      if (this.#child.exitCode !== null) throw new Error(`it ended first: ${(await this.ended).err}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sends a signal to it and its parts, as a terminal and `timeout` do. */
  signalAll(name: NodeJS.Signals): void {
    process.kill(-this.#child.pid!, name);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** The processes of this command that run now, with their command lines. Reads /proc, so Linux only. */
  processes(): readonly { readonly pid: number; readonly command: string }[] {
    return readdirSync('/proc').flatMap((entry) => {
      if (!/^\d+$/.test(entry)) return [];
      try {
        if (!readFileSync(`/proc/${entry}/environ`, 'utf8').includes(`TMPDIR=${this.temporary}`)) return [];
        return [{ pid: Number(entry), command: readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
      } catch {
        return []; // it ended while we looked
      }
    });
  }

  /** The pid of the first process whose command line names `module`. */
  pidOf(module: string): number {
    return this.processes().find(({ command }) => command.includes(module))!.pid;
  }

  /** Waits until its load has sent `count` requests. */
  async sent(count: number): Promise<void> {
    const sentSoFar = (): number =>
      readdirSync(this.temporary, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('load-generator.jsonl'))
        .map((path) => readFileSync(join(this.temporary, path), 'utf8').split('"kind":"sent"').length - 1)
        .reduce((sum, more) => sum + more, 0);
    while (sentSoFar() < count) {
      if (this.#child.exitCode !== null) throw new Error(`it ended first: ${(await this.ended).err}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }
}

/** Runs a command to its end. */
export const starlane = (...args: readonly string[]): Promise<Ended> => new StarlaneProcess(...args).ended;
