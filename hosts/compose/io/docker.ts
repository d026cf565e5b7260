import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DiskError } from '../../../core/config/disk-error.ts';
import { EXIT } from '../../../core/process/exit-code.ts';

export interface DockerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each line of standard output. */
  readonly onLine?: (line: string) => void;
  /** Whether what it prints to standard error belongs to what it resolves to, as with the logs of a container. */
  readonly withErrors?: boolean;
  /** What it reads from standard input; nothing by default. */
  readonly input?: string;
  /** Sends the command SIGINT, which it passes on to what it runs. If it is already aborted, nothing is started. */
  readonly signal?: AbortSignal;
}

/**
 * Runs one `docker` command and resolves to its standard output. Rejects with one line: the last output of the command, or what
 * is missing, or with `DiskError` when it ran a command of ours whose disk is full. It runs in a process group of its own, so that Ctrl-C reaches it only through `signal`.
 */
export const docker = async (args: readonly string[], options: DockerOptions = {}): Promise<string> => {
  const { environment = {}, onLine, withErrors = false, input, signal } = options;
  signal?.throwIfAborted();
  const child = spawn('docker', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, COMPOSE_ANSI: 'never', COMPOSE_PROGRESS: 'plain' },
    detached: true,
  });
  child.stdin.on('error', () => {}).end(input ?? ''); // one that ended first says why
  const interrupt = (): void => void child.kill('SIGINT');
  signal?.addEventListener('abort', interrupt, { once: true });
  let out = '';
  let errors = '';
  const lines = createInterface({ input: child.stdout.setEncoding('utf8') });
  lines.on('line', (line) => {
    out += `${line}\n`;
    onLine?.(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT' ? new Error('docker is not installed: see starlane doctor --host compose') : error,
      ),
    );
    child.on('close', (exitCode) => resolve(exitCode ?? 1));
  }).finally(() => signal?.removeEventListener('abort', interrupt));
  if (code === 0) return withErrors ? `${out}${errors}` : out;
  const said =
    errors
      .trim()
      .split('\n')
      .filter((line) => line.trim() !== '')
      .at(-1) ?? `exit code ${code}`;
  // A command of ours in a container whose disk is full has said where.
  const unwritten = code === EXIT.diskFull ? /cannot write (.+): (.+)$/.exec(said.trim()) : null;
  if (unwritten !== null) throw new DiskError(`${unwritten[1]} in its container`, unwritten[2]!);
  throw new Error(`docker ${nameOf(args)}: ${said.trim()}`);
};

/** The name of a command without its options: `compose up`, `network ls`. Before the verb every option has a value. */
const nameOf = ([first, ...rest]: readonly string[]): string => {
  if (first !== 'compose' && first !== 'network' && first !== 'volume') return first ?? '';
  const verb = rest.find((word, index) => !word.startsWith('-') && !(rest[index - 1] ?? '').startsWith('-'));
  return verb === undefined ? first : `${first} ${verb}`;
};
