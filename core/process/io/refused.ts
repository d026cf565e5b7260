import type { ConfigRefusal, RunFolder } from './run-folder.ts';

/** What a part of a topology knows before it has read its configuration. */
export interface Configured {
  /** The folder that it shares with the other parts. */
  readonly runFolder: string;
  /** A digest of what all parts of this topology are told alike: the same mistake is found with the same digest only. */
  readonly digest: string;
  /** How long it waits for another part to tell a mistake that both find: so that it is told in one line, not in thirteen. */
  readonly patienceMs: number;
}

/**
 * Tells in one line that the configuration is wrong, and marks that in the run folder, so that the other parts end too. It is silent where
 * another part tells the same while it waits.
 */
export const tellRefusal = async (
  line: string,
  { digest, patienceMs }: Configured,
  folder: Pick<RunFolder, 'refusal' | 'refuse'>,
  say: (line: string) => void,
): Promise<void> => {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += LOOK_MS) {
    const told = folder.refusal();
    if (told !== null && told.digest === digest && told.line === line && !isOld(told)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  say(line);
  try {
    folder.refuse({ line, digest, atUnixMs: Date.now() });
  } catch {
    // the others do not hear of it; who looks at this part does
  }
};

/** Calls `onRefused` once when another part refused the configuration that this one has, too. */
export const watchRefusals = (
  { digest }: Configured,
  folder: Pick<RunFolder, 'refusal'>,
  onRefused: (line: string) => void,
): NodeJS.Timeout => {
  const watching = setInterval(() => {
    const line = refusalTold(digest, folder);
    if (line === null) return;
    clearInterval(watching);
    onRefused(line);
  }, LOOK_MS);
  return watching;
};

/** What another part said of the configuration that this one has, too; null where none refused it, and where that cannot be read. */
export const refusalTold = (digest: string, folder: Pick<RunFolder, 'refusal'>): string | null => {
  try {
    const told = folder.refusal();
    return told === null || told.digest !== digest || isOld(told) ? null : told.line;
  } catch {
    return null;
  }
};

/** Of an earlier start of the same topology: whether the mistake is still there is found out again. */
const isOld = ({ atUnixMs }: ConfigRefusal): boolean => atUnixMs < performance.timeOrigin - STARTING_MS;

/** Within this the parts of one topology start. */
const STARTING_MS = 10_000;
const LOOK_MS = 500;
