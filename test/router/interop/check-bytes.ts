import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Progress } from '../../../core/process/io/progress.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { choppingPipe } from '../io/chopping-pipe.ts';
import { proxyOf } from '../io/loopback.ts';
import { BYTE_CLIENTS } from './byte-clients.ts';
import { byteServer } from './byte-server.ts';
import { BYTE_TOOLS, h2load } from './byte-tools.ts';
import { bytesOf, drawExactCall, type ExactCall, faultOfCall } from './exact-calls.ts';

/**
 * Makes calls of every kind and of 0 B to 1 MB through a frame data path, with three libraries and with the tools that are installed,
 * and compares all bytes both ways: `npm run check:bytes -- --calls 10000 --seed 1`. Half of the calls of a library pass pipes that
 * cut what they pass anywhere. A line a client; ends with 1 where a byte differs.
 */
const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return value;
};
const {
  calls: wanted,
  toolCalls,
  seed,
} = new Command('check:bytes')
  .option('--calls <count>', 'calls of the three libraries together', positive, 10_000)
  .option('--tool-calls <count>', 'calls of each tool', positive, 100)
  .option('--seed <number>', 'what is drawn', positive, 1)
  .parse()
  .opts<{ calls: number; toolCalls: number; seed: number }>();

const AT_ONCE = 8;
const rngOf = seededRng(seed);
const progress = new Progress();
const folder = mkdtempSync(join(tmpdir(), 'starlane-bytes-'));
const server = await byteServer();
const cutNode = await choppingPipe(server.port, rngOf('pipe to the node'));
const create = (options: ConstructorParameters<typeof FrameProxy>[0]): FrameProxy => new FrameProxy(options);
const proxy = await proxyOf([server.port], { create, services: null });
const cutProxy = await proxyOf([cutNode.port], { create, services: null });
const cutRouter = await choppingPipe(cutProxy.port, rngOf('pipe to the router'));

const say = (line: string): void => {
  progress.clear();
  process.stdout.write(`${line}\n`);
};

const tell = (name: string, count: number, bytes: number, faults: readonly string[]): void => {
  say(`${name}: ${count} calls, ${(bytes / 1e6).toFixed(1)} MB, ${faults.length} wrong`);
  for (const fault of faults.slice(0, 10)) say(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
};

const byLibraries = async (): Promise<void> => {
  const libraries = Object.entries(BYTE_CLIENTS);
  for (const [index, [name, make]] of libraries.entries()) {
    const count =
      Math.floor((wanted * (index + 1)) / libraries.length) - Math.floor((wanted * index) / libraries.length);
    const clients = [make({ port: proxy.port }), make({ port: cutRouter.port })];
    const rng = rngOf(name);
    const faults: string[] = [];
    let bytes = 0;
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < count) {
        const at = next++;
        const call = drawExactCall(rng, at);
        const fault = await faultOfCall(clients[at % 2]!, call);
        if (fault !== null) faults.push(fault);
        bytes += bytesOf(call);
        progress.show('bytes', at / count, `${name}: ${at} of ${count}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const client of clients) client.close();
    tell(name, count, bytes, faults);
  }
};

/** Null where it is not installed. */
const versionOf = ([command, ...args]: readonly string[]): string | null => {
  try {
    return execFileSync(command!, args, { encoding: 'utf8' }).split('\n')[0]!.trim().split(' (')[0]!;
  } catch {
    return null;
  }
};

const byTools = async (): Promise<void> => {
  for (const [name, tool] of Object.entries(BYTE_TOOLS)) {
    const version = versionOf(tool.version);
    if (version === null) {
      say(`${name}: not installed, not tried`);
      continue;
    }
    progress.show('bytes', null, name);
    const rng = rngOf(name);
    const calls: ExactCall[] = [];
    for (let index = 0; calls.length < toolCalls; index++) {
      const call = drawExactCall(rng, index);
      if (tool.kinds.includes(call.kind)) calls.push(call);
    }
    const faults = await tool.run(calls, proxy.port, folder);
    tell(
      `${name} (${version})`,
      calls.length,
      calls.reduce((sum, call) => sum + bytesOf(call), 0),
      faults,
    );
  }
};

const byH2load = async (): Promise<void> => {
  const version = versionOf(['h2load', '--version']);
  if (version === null) {
    say('h2load: not installed, not tried');
    return;
  }
  const rng = rngOf('h2load');
  const faults: string[] = [];
  let bytes = 0;
  for (let round = 0; round < 10; ) {
    const call = drawExactCall(rng, round);
    if (call.up.length === 0) continue; // it takes no empty body
    round++;
    faults.push(...(await h2load(call, toolCalls, { server, port: proxy.port, folder })));
    bytes += toolCalls * bytesOf(call);
  }
  tell(`h2load (${version})`, 10 * toolCalls, bytes, faults);
};

try {
  await byLibraries();
  await byTools();
  await byH2load();
  for (const { counters } of [proxy, cutProxy]) {
    const { active } = counters();
    if (active === 0) continue;
    say(`${active} requests are still open`);
    process.exitCode = 1;
  }
  say(`seed ${seed}, load average ${loadavg()[0]!.toFixed(1)}`);
} finally {
  progress.clear();
  for (const part of [cutRouter, cutNode, server]) part.close();
  await Promise.all([proxy.close(), cutProxy.close()]);
  rmSync(folder, { recursive: true, force: true });
}
