import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DataPathName } from '../../../router/data-path-name.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** `starlane router` by itself, as a user starts it, with a file as its configuration. */
export class SoakedRouter {
  readonly port: number;
  readonly #admin: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, { ready, admin }: { readonly ready: string; readonly admin: string }) {
    this.#child = child;
    this.#admin = admin;
    this.port = Number(ready.split(':').at(-1));
    this.#ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  }

  /** Resolves once it serves. Rejects with what it said where it does not. */
  static start(config: string, dataPath: DataPathName): Promise<SoakedRouter> {
    const args = ['--config', config, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--data-path', dataPath];
    const child = spawn(process.execPath, ['cli/main.ts', 'router', ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    let said = '';
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-2000);
    });
    return new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the router ended: ${errors.trim()}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const [ready, admin] = ['ready', 'admin'].map((word) => new RegExp(`^${word} (.*)$`, 'm').exec(said)?.[1]);
        if (ready !== undefined && admin !== undefined) resolve(new SoakedRouter(child, { ready, admin }));
      });
    });
  }

  /** In the text of Prometheus. */
  async metrics(): Promise<string> {
    return (await fetch(`http://${this.#admin}/metrics`)).text();
  }

  /** Has it load its configuration again. */
  reload(): void {
    this.#child.kill('SIGHUP');
  }

  /** Has it drain; resolves to its exit code, null where it had to be killed. */
  async end(limitMs: number): Promise<number | null> {
    this.#child.kill('SIGTERM');
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), limitMs);
    const code = await this.#ended;
    clearTimeout(killing);
    return code;
  }
}
