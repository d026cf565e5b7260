import { createServer } from 'node:http';
import { ConfigError } from '../../config/config-error.ts';
import type { EventSink } from '../../event/event.ts';
import { RunLog } from '../../event/io/run-log.ts';
import { RunFolder } from './run-folder.ts';
import type { Service } from './service-process.ts';
import { watchStillness } from './stillness.ts';

/** How a part stands in a container. */
export interface Standing {
  /** Its name in logs. */
  readonly part: string;
  /** `cycle`: scenario time began at the last whole multiple of `cycleMs` on the wall clock; `awaited`: the load says when. */
  readonly start: { readonly kind: 'cycle'; readonly cycleMs: number } | { readonly kind: 'awaited' };
  /** What it was told that all parts of a run must agree on; it says so in its health. */
  readonly agrees: Readonly<Record<string, string | number>>;
  /** What it shares with the other parts. */
  readonly runFolder: string;
  /** Where it answers `GET /live`, `GET /health` (whether it can do its work now) and `GET /metrics`. */
  readonly controlPort: number;
}

/** A part that is about to come up. */
export interface Plan {
  readonly standing: Standing;
  start(): Promise<Service<unknown>>;
}

/**
 * The life of a part in a container: it comes up by itself, answers about its health, begins when scenario time is known,
 * records the runs that the load announces, and ends on SIGTERM. What it says on standard output is for `docker logs`.
 * `planOf` reads what the part is told; a mistake there ends it with one line and exit code 2.
 */
export const runStanding = async (planOf: (emit: EventSink) => Plan): Promise<void> => {
  let log: RunLog | null = null;
  let service: Service<unknown> | null = null;
  /** What it shaped stays shaped until its successor takes over. */
  const fail = (error: Error): void => {
    process.stderr.write(`starlane: ${error.message}\n`);
    log?.breakOff();
    process.exit(error instanceof ConfigError ? 2 : 1);
  };
  /** Takes back what it did. */
  const leave = async (): Promise<void> => {
    log?.breakOff();
    await service?.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void leave());
  process.on('SIGINT', () => void leave());
  process.on('uncaughtException', fail);
  const { standing, start } = planOf((event) => log?.emit(event));
  const say = (text: string): void => void process.stdout.write(`${standing.part}: ${text}\n`);
  log = new RunLog(standing.part);
  const folder = new RunFolder(standing.runFolder);
  try {
    folder.announceBirth(standing.part, performance.timeOrigin);
  } catch (error) {
    say(`cannot mark that it came up: ${(error as Error).message}`); // its agent will not notice; it can serve all the same
  }
  service = await start();
  await answerAbout(service, standing);
  say('ready');
  const startUnixMs = await startOf(standing, folder);
  service.begin(startUnixMs);
  say(`scenario time began at ${new Date(startUnixMs).toISOString()}`);
  const standingLog = log;
  const standingService = service;
  watchStillness(
    POLL_MS,
    () => follow(folder, standingLog, standingService, startUnixMs),
    (reason) => standingLog.emit({ kind: 'fault', atMs: Date.now() - startUnixMs, part: standing.part, reason }),
  );
};

/** Opens and closes the log with the recordings that the load announces. */
const follow = (folder: RunFolder, log: RunLog, service: Service<unknown>, startUnixMs: number): void => {
  const recording = folder.recording();
  const nowUnixMs = Date.now();
  const isOn = recording !== null && !recording.isOver && nowUnixMs < recording.untilUnixMs;
  const nowMs = nowUnixMs - startUnixMs;
  const wanted = isOn ? folder.logsOf(recording.id) : null;
  if (log.folder === wanted) return;
  if (log.isOpen) {
    service.recordingEnds?.(nowMs);
    if (wanted === null) log.close(nowMs);
    else log.breakOff(); // another load began in the middle of this one
  }
  if (isOn) {
    log.open(folder.logsOf(recording.id), recording.fromUnixMs - startUnixMs, nowMs);
    service.recordingBegan?.(nowMs);
  }
};

const startOf = async ({ start }: Standing, folder: RunFolder): Promise<number> => {
  if (start.kind === 'cycle') return Math.floor(Date.now() / start.cycleMs) * start.cycleMs;
  for (;;) {
    const startUnixMs = folder.startUnixMs();
    if (startUnixMs !== null) return startUnixMs;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

const POLL_MS = 50;

const answerAbout = async (service: Service<unknown>, { agrees, controlPort }: Standing): Promise<void> => {
  const server = createServer((request, response) => {
    void answer(service, agrees, request.url ?? '/').then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: Error) => response.writeHead(500).end(`${error.message}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(controlPort, resolve);
  });
};

const answer = async (service: Service<unknown>, agrees: Standing['agrees'], url: string) => {
  if (url === '/live') return { status: 200, type: 'text/plain', body: 'alive\n' };
  if (url === '/health') {
    const health = { ...(service.health?.() ?? { ok: true }), agrees };
    return { status: health.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(health)}\n` };
  }
  if (url === '/metrics' && service.metrics !== undefined) {
    return { status: 200, type: 'text/plain; version=0.0.4', body: await service.metrics() };
  }
  return { status: 404, type: 'text/plain', body: 'expected /live, /health or /metrics\n' };
};
