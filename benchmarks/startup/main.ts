import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { freePort } from '../../core/net/io/port-free.ts';
import { quantile } from '../../core/stats/quantile.ts';
import { ComposeProject, subnetEnvironment } from '../../hosts/compose/io/compose-project.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { containerCpuS } from './io/container-cpu.ts';
import { firstToken } from './io/first-token.ts';

/**
 * How long a topology takes from `docker compose up --wait` to the first streamed token, and until every part is healthy, with
 * its images built: `npm run bench:startup`. With several compose files, takes turns. Exit code 1 where the machine was
 * quiet and the median is above the limit.
 */
const program = benchmarkCommand('bench:startup')
  .argument('[files...]', 'compose files, whose images must exist where --no-build is given', ['docker-compose.yml'])
  .option('--rounds <n>', 'how often each comes up', Number, 5)
  .option('--limit <s>', 'the most that the median to the first token may be, in seconds', Number, 10)
  .option('--no-build', 'takes the images as they are')
  .parse();
const [files] = program.processedArgs as [readonly string[]];
const { rounds, limit, build } = program.opts<{ rounds: number; limit: number; build: boolean }>();

interface StartUp {
  readonly tokenS: number;
  readonly healthyS: number;
  /** Of all processors of this machine meanwhile, in seconds, whoever used them; and of its containers alone. */
  readonly cpuS: number;
  readonly ownCpuS: number;
  /** Of the minute before. */
  readonly load: number;
}

const startUp = async (file: string): Promise<StartUp> => {
  const port = await freePort('127.0.0.1');
  const environment = { ...(await subnetEnvironment()), STARLANE_PORT: String(port) };
  const project = ['compose', '--project-name', NAME, '--file', file];
  const [load = Number.NaN] = loadavg();
  const [beganMs, cpuBeganS] = [performance.now(), cpuS()];
  const sinceS = (): number => (performance.now() - beganMs) / 1000;
  try {
    const [tokenS, healthyS] = await Promise.all([
      firstToken(`127.0.0.1:${port}`, PATIENCE_MS).then(sinceS),
      docker([...project, 'up', '--detach', '--wait', '--no-build'], { environment }).then(sinceS),
    ]);
    return { tokenS, healthyS, cpuS: cpuS() - cpuBeganS, ownCpuS: await containerCpuS(NAME), load };
  } finally {
    await docker([...project, 'down', '--volumes', '--timeout', '5'], { environment });
  }
};

/** What the processors of this machine have worked since it started, in seconds. Source: proc(5), /proc/stat. */
const cpuS = (): number => {
  const [, user, nice, system, , , irq, softirq] = /^cpu +(.*)$/m
    .exec(readFileSync('/proc/stat', 'utf8'))![0]!
    .split(/ +/);
  return [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_S;
};

const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
const row = (cells: readonly (string | number)[]): void =>
  void process.stdout.write(
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell)).join(' | ')} |\n`,
  );

const NAME = `starlane-startup-${process.pid}`;
const PATIENCE_MS = 120_000;
const TICKS_PER_S = 100;
const QUIET = 0.5;

const all = new Map<string, StartUp[]>(files.map((file) => [file, []]));
if (build) await new ComposeProject({ name: NAME, file: files[0]!, routers: ['router'], environment: {} }).build();
row(['compose file', 'first token, s', 'all healthy, s', 'CPU, s', 'of its containers, s', 'load average before']);
row(['---', '--:', '--:', '--:', '--:', '--:']);
for (let round = 0; round < rounds; round++) {
  for (const [file, measured] of all) {
    const one = await startUp(file);
    measured.push(one);
    row([file, one.tokenS, one.healthyS, one.cpuS, one.ownCpuS, one.load]);
  }
}
for (const [file, measured] of all) {
  const of = (key: keyof StartUp): number => median(measured.map((one) => one[key]));
  row([`median of ${file}`, of('tokenS'), of('healthyS'), of('cpuS'), of('ownCpuS'), of('load')]);
  if (of('tokenS') <= limit) continue;
  if (of('load') >= QUIET)
    process.stdout.write(`${file}: above ${limit} s, but the machine was not quiet: this says nothing\n`);
  else process.exitCode = 1;
}
