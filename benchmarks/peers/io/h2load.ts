import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultOfH2load, h2loadLatenciesMs, parsedH2load } from '../h2load-output.ts';
import type { LoadFigures } from '../load-order.ts';
import { ECHO_PATH, framedMessage, PREFIX_BYTES } from '../message.ts';
import { BenchProcess } from './bench-process.ts';
import { monotonicMs } from './monotonic.ts';
import { cpuTimeOf } from './process-usage.ts';

export interface H2loadOptions {
  readonly port: number;
  readonly isTls: boolean;
  readonly connections: number;
  /** At a time, on each connection. */
  readonly streams: number;
  readonly messageBytes: number;
  readonly pids: readonly number[];
  readonly folder: string;
  readonly cores: string;
}

/** Sends so many requests, one after another on every stream, and checks that each has an answer of its size. */
export const measureH2load = async (requests: number, options: H2loadOptions): Promise<LoadFigures> => {
  const { messageBytes, folder, pids } = options;
  const log = join(folder, 'h2load.log');
  rmSync(log, { force: true }); // it would be written behind what is there
  const before = cpuTimeOf(pids);
  const fromMs = monotonicMs();
  const said = await h2load([`--requests=${requests}`, `--log-file=${log}`], options);
  const toMs = monotonicMs();
  const after = cpuTimeOf(pids);
  const output = parsedH2load(said);
  const fault = faultOfH2load(output, PREFIX_BYTES + messageBytes);
  return {
    count: output?.succeeded ?? 0,
    seconds:
      output === null || output.succeeded === 0 ? (toMs - fromMs) / 1000 : output.succeeded / output.requestsPerS,
    latenciesMs: output === null ? new Float64Array() : h2loadLatenciesMs(readFileSync(log, 'utf8')).sort(),
    faults: fault === null ? 0 : Math.max(1, output?.failed ?? 0),
    firstFault: fault,
    cpuMs: after.ranMs - before.ranMs,
    waitedMs: after.waitedMs - before.waitedMs,
    fromMs,
    toMs,
  };
};

/** How many requests a second it answers in so many seconds, so that a count can be chosen and code is compiled. */
export const warmUpH2load = async (seconds: number, options: H2loadOptions): Promise<number> => {
  const said = await h2load([`--duration=${Math.round(seconds * 1000)}ms`, '--warm-up-time=0'], options);
  const output = parsedH2load(said);
  if (output === null) throw new Error(`h2load did not come to its end: ${said.trim().split('\n').at(-1)}`);
  return output.requestsPerS;
};

const h2load = async (args: readonly string[], options: H2loadOptions): Promise<string> => {
  const { port, isTls, connections, streams, messageBytes, folder, cores } = options;
  const body = join(folder, 'body');
  writeFileSync(body, framedMessage(Buffer.alloc(messageBytes, 'starlane ')));
  const child = new BenchProcess({
    name: 'h2load',
    command: 'h2load',
    args: [
      ...args,
      `--clients=${connections}`,
      `--max-concurrent-streams=${streams}`,
      '--threads=1',
      `--data=${body}`,
      '--header=content-type: application/grpc',
      '--header=te: trailers',
      `${isTls ? 'https' : 'http'}://127.0.0.1:${port}${ECHO_PATH}`,
    ],
    cores,
  });
  const timer = setTimeout(() => child.kill(), PATIENCE_MS);
  await child.ended();
  clearTimeout(timer);
  return child.said;
};

/** A proxy that stands still must not end the benchmark. */
const PATIENCE_MS = 60_000;
