import { cpus } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { measureBareLoopback } from './io/bare-loopback.ts';
import { measureNetem } from './io/netem-session.ts';
import { measureRelay, type RelayedLoad } from './io/relay-session.ts';
import { watchStolenTime } from './io/stolen-time.ts';
import { type LinksResult, linksReport } from './links-report.ts';

/**
 * How accurately links are played on this machine: round trips of probes, realised minus planned, over delays that change
 * every 100 ms. `npm run bench:links`, or `npm run bench:links -- --shaper relay --json`.
 */
const DELAYS_MS = [1, 5, 20, 50, 100, 150];
const CONNECTIONS_A_PATH = 2;

const tokens: RelayedLoad = { streams: 2000, connections: 2000, messageBytes: 128, everyMs: 100, isStalled: false };
const multiplexed: RelayedLoad = { ...tokens, connections: CONNECTIONS_A_PATH * DELAYS_MS.length };
const stalled: RelayedLoad = { streams: 96, connections: 96, messageBytes: 65_536, everyMs: 10, isStalled: true };

const seconds = (text: string): number => {
  const value = Number(text);
  if (!(value >= 1 && value <= 3600)) throw new InvalidArgumentError('Expected 1 to 3600 seconds.');
  return value;
};

const { shaper, duration, json } = benchmarkCommand('bench:links')
  .addOption(new Option('--shaper <shaper>', 'what to measure').choices(['relay', 'netem', 'all']).default('all'))
  .option('--duration <seconds>', 'of each measurement', seconds, 7)
  .option('--json', 'print results as JSON', false)
  .parse()
  .opts<{ shaper: 'relay' | 'netem' | 'all'; duration: number; json: boolean }>();

const durationMs = duration * 1000;
const progress = new Progress();
const stopping = new AbortController();
const { signal } = stopping;
process.once('SIGINT', () => stopping.abort());
process.once('SIGTERM', () => stopping.abort());

/** A measurement that is stopped before its end is left out. */
const measured = async <T>(title: string, measure: () => Promise<T>): Promise<T | null> => {
  if (signal.aborted) return null;
  progress.show('links', null, `${title}, ${duration} s`);
  const result = await measure();
  return signal.aborted ? null : result;
};

const cpu = cpus();
const stolenShare = watchStolenTime();
const bare = await measured('bare loopback', () => measureBareLoopback(Math.min(durationMs, 3000), signal));
const relay: LinksResult['relay'] = {};
let stall: LinksResult['stall'] = null;
if (shaper !== 'netem') {
  const through = (title: string, load: RelayedLoad | null) =>
    measured(`relay, ${title}`, () => measureRelay({ delaysMs: DELAYS_MS, load, durationMs, signal }));
  for (const [title, load] of [
    ['idle', null],
    [`${multiplexed.streams} streams on ${multiplexed.connections} connections`, multiplexed],
    [`${tokens.streams} streams, a connection each`, tokens],
  ] as const) {
    const run = await through(title, load);
    if (run !== null) Object.assign(relay, { [title]: run });
  }
  const run = await through('readers that stall', stalled);
  stall = run && { readers: stalled.connections, peakRssBytes: run.peakRssBytes };
}
const netem =
  shaper === 'relay' ? null : await measured('netem', () => measureNetem({ delaysMs: DELAYS_MS, durationMs, signal }));
progress.clear();

const machine = `${cpu.length} x ${cpu[0]!.model.trim()}, node ${process.version}`;
const result: LinksResult = { schema: 1, machine, stolenShare: stolenShare(), bare, relay, stall, netem };
process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : `${linksReport(result).join('\n')}\n`);
process.exitCode = signal.aborted ? 130 : 0;
