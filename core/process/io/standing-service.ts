import { randomBytes } from 'node:crypto';
import { ConfigError } from '../../config/config-error.ts';
import type { EventSink } from '../../event/event.ts';
import { RunLog } from '../../event/io/run-log.ts';
import { steadyOf, steadyUnixMs } from '../../time/io/steady-unix.ts';
import { EXIT } from '../exit-code.ts';
import { type AnswersAbout, answerAbout } from './control-server.ts';
import { endOnce } from './ending.ts';
import { followRecordings } from './recordings.ts';
import { type Configured, refusalTold, tellRefusal, watchRefusals } from './refused.ts';
import { RunFolder } from './run-folder.ts';
import type { Service } from './service-process.ts';
import { watchStillness } from './stillness.ts';

/** How a part runs in a container. */
export interface Standing {
  /** Its name in logs. */
  readonly part: string;
  /** `cycle`: scenario time began at the last whole multiple of `cycleMs` on the wall clock; `awaited`: the load says when. */
  readonly start: { readonly kind: 'cycle'; readonly cycleMs: number } | { readonly kind: 'awaited' };
  /** Settings that all parts of a run must agree on, as they are now; they are part of its health answer. */
  readonly agrees: AnswersAbout['agrees'];
  /** What else it was told, for a load that comes later; it says so in its health. */
  readonly told: Readonly<Record<string, string | number>>;
  /** What else it answers `GET` with, as JSON, by path. */
  readonly pages?: Readonly<Record<string, unknown>>;
  /** One line that its health has besides, such as that its configuration was edited since; null where there is nothing to say. */
  readonly note: () => string | null;
  /** What an operator has to show for an order; null: made anew at each start. It is in the run folder, for the load. */
  readonly adminToken: string | null;
  /** Where it answers `GET /live`, `GET /health` (whether it can do its work now) and `GET /metrics`. */
  readonly controlPort: number;
  /** The networks of this container on which it answers there, besides its loopback: `198.18.18.0/24`. */
  readonly controlSubnets: readonly string[];
}

/** A part that is about to start. */
export interface Plan {
  readonly standing: Standing;
  start(): Promise<Service<unknown>>;
}

/**
 * The life of a part in a container: it starts by itself, answers health checks, begins when scenario time is known,
 * records the runs that the load announces, and ends on SIGTERM. What it writes to standard output is for `docker logs`.
 * `planOf` reads the configuration of the part. A mistake there, or a ConfigError later, ends every part of the topology, with one line
 * of one of them. The exit code is then 0: Docker starts a container again that failed, and this one would fail again.
 */
export const runStanding = async (configured: Configured, planOf: (emit: EventSink) => Plan): Promise<void> => {
  const folder = new RunFolder(configured.runFolder);
  let log: RunLog | null = null;
  let service: Service<unknown> | null = null;
  /** Its shaping stays in place until its successor takes over. */
  const fail = (error: Error): void => {
    log?.breakOff();
    if (error instanceof ConfigError) {
      void tellRefusal(error.message, configured, folder, complain).then(() => process.exit(EXIT.done));
      return;
    }
    // Whose network an agent is in may have ended by a mistake that it told: to fail with it would only have Docker try again, in vain.
    if (refusalTold(configured.digest, folder) !== null) process.exit(EXIT.done);
    complain(error.message);
    process.exit(EXIT.failed);
  };
  const leave = endOnce({
    close: () => {
      log?.breakOff();
      return service?.close({ isInterrupted: false });
    },
    say: complain,
    exit: (code) => process.exit(code),
  });
  process.on('SIGTERM', () => void leave(EXIT.done));
  process.on('SIGINT', () => void leave(EXIT.done));
  process.on('uncaughtException', fail);
  watchRefusals(configured, folder, () => void leave(EXIT.done));
  const { standing, start } = planOf((event) => log?.emit(event));
  const say = (text: string): void => void process.stdout.write(`${standing.part}: ${text}\n`);
  log = new RunLog(standing.part, ({ message }) => say(message));
  try {
    folder.announceBirth(standing.part, performance.timeOrigin);
  } catch (error) {
    say(`cannot mark that it came up: ${(error as Error).message}`); // its agent will not notice, but the part can still serve
  }
  service = await start();
  const adminToken = service.orders === undefined ? null : tokenOf(standing, folder, say);
  const standingLog = log;
  await answerAbout({ service, ...standing, adminToken, unwritten: () => standingLog.fault?.message ?? null });
  say('ready');
  const startUnixMs = await startOf(standing, folder);
  const steadyStartMs = steadyOf(startUnixMs);
  service.begin(steadyStartMs);
  say(`scenario time began at ${new Date(startUnixMs).toISOString()}`);
  const follow = followRecordings({
    folder,
    log: standingLog,
    service,
    part: standing.part,
    startUnixMs,
    steadyStartMs,
  });
  watchStillness(POLL_MS, follow, (reason) =>
    standingLog.emit({ kind: 'fault', atMs: steadyUnixMs() - steadyStartMs, part: standing.part, reason }),
  );
};

/** The token of its admin door, in the run folder as well; null where it cannot be told to anybody. */
const tokenOf = ({ part, adminToken }: Standing, folder: RunFolder, say: (text: string) => void): string | null => {
  const token = adminToken ?? randomBytes(24).toString('hex');
  try {
    folder.keepAdminToken(part, token);
  } catch (error) {
    say(`the load cannot give it orders: ${(error as Error).message}`);
    return adminToken;
  }
  return token;
};

const complain = (line: string): void => void process.stderr.write(`starlane: ${line}\n`);

const startOf = async ({ start }: Standing, folder: RunFolder): Promise<number> => {
  if (start.kind === 'cycle') return Math.floor(Date.now() / start.cycleMs) * start.cycleMs;
  for (;;) {
    const startUnixMs = folder.startUnixMs();
    if (startUnixMs !== null) return startUnixMs;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

const POLL_MS = 50;
