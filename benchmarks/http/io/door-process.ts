import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A part with an HTTP door, in a process of its own. */
export interface DoorProcess {
  readonly pid: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What else it announced. */
  readonly others: readonly string[];
  close(): Promise<void>;
}

/** Starts Node with `args` and waits for a line that fits `announced`, whose first group is the port of the door. Rejects where it ends before. */
export const startDoor = async (
  args: readonly string[],
  { announced }: { readonly announced: RegExp },
): Promise<DoorProcess> => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const groups = await Promise.race([announcedIn(child, announced), gone.then(() => null)]);
  if (groups === null) throw new Error(`${args.join(' ')} ended before it served`);
  const [port, ...others] = groups;
  return {
    pid: child.pid!,
    url: `http://127.0.0.1:${port}`,
    others,
    close: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
};

/** Reads on behind that line: a full pipe would stop the process. */
const announcedIn = (child: ChildProcess, announced: RegExp): Promise<readonly string[]> =>
  new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const found = announced.exec(line);
      if (found !== null) resolve(found.slice(1));
    });
  });
