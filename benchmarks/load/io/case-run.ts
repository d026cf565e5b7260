import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchProcess } from '../../peers/io/bench-process.ts';
import { cpuTimeOf, residentMib } from '../../peers/io/process-usage.ts';
import { type MemorySample, residentSlope } from '../../soak/memory-by-minute.ts';
import { everyMs, type LoadCase } from '../load-case.ts';
import type { GeneratorSaw, Lateness, LoadCaseResult } from '../load-result.ts';

/** On which cores each process runs: the generator has one of its own. */
export interface LoadCores {
  readonly generator: string;
  readonly others: string;
}

/** Measures one case with fresh processes. Rejects where one of them fails. */
export const runCase = async (
  of: LoadCase,
  cores: LoadCores,
  onStage: (stage: string) => void,
): Promise<LoadCaseResult> => {
  const started: BenchProcess[] = [];
  const start = (name: string, on: string): BenchProcess => {
    const path = fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url));
    const one = new BenchProcess({ name, command: process.execPath, args: [path], cores: on, hasOrders: true });
    started.push(one);
    return one;
  };
  try {
    onStage('the machine by itself');
    const still = start('stillness', cores.generator);
    const before = await still.ask<Lateness>('watch', { seconds: Math.min(5, of.measuredMs / 1000) });
    await still.stop();
    const server = start('server', cores.others);
    const port = await server.ask<number>('listen', { everyMs: everyMs(of) });
    const generator = start('generator', cores.generator);
    const beside = start('stillness', cores.others);
    onStage('the client by itself');
    await generator.ask<null>('prepare', { of, port });
    onStage('opening the streams');
    const running = generator.ask<GeneratorSaw>('run', null);
    running.catch(() => {}); // it is waited for below
    await Promise.race([sleep(of.answerMs), running]);
    onStage('measuring');
    const samples: MemorySample[] = [];
    const watching = beside.ask<Lateness>('watch', { seconds: of.measuredMs / 1000 - MARGIN_S });
    const beganAtMs = performance.now();
    const cpuBefore = cpuTimeOf([generator.pid]);
    while (performance.now() - beganAtMs < of.measuredMs - MARGIN_S * 1000) {
      await Promise.race([sleep(SAMPLE_MS), running]);
      samples.push(sampleOf(generator.pid, performance.now() - beganAtMs));
    }
    const cpuAfter = cpuTimeOf([generator.pid]);
    const tookMs = performance.now() - beganAtMs;
    const [saw, besideLate] = await Promise.all([running, watching]);
    const mib = samples.map(({ residentBytes }) => residentBytes / MIB);
    const slope = residentSlope(samples);
    return {
      of,
      saw,
      cpuShare: (cpuAfter.ranMs - cpuBefore.ranMs) / tookMs,
      waitedShare: (cpuAfter.waitedMs - cpuBefore.waitedMs) / tookMs,
      residentMib: { first: mib[0] ?? 0, most: Math.max(0, ...mib), last: mib.at(-1) ?? 0 },
      growthMibPerMinute: slope === null ? null : slope / MIB,
      stillness: { before, beside: besideLate },
    };
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
};

const sampleOf = (pid: number, atMs: number): MemorySample => ({
  ...{ atMs, residentBytes: residentMib(pid) * MIB, heapBytes: 0, externalBytes: 0, cpuS: 0 },
});

const MIB = 1 << 20;
const SAMPLE_MS = 1000;

/** The end of the measured time is looked at no more: the generator may have come to it already. */
const MARGIN_S = 1;
