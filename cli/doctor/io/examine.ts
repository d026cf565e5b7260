import { setTimeout as pause } from 'node:timers/promises';
import type { Facts } from '../facts.ts';
import { PUBLISHED_PORTS } from '../published.ts';
import { ask } from './ask.ts';
import { clockFacts, timerFacts } from './clocks.ts';
import { composeVersion, dockerFacts } from './docker.ts';
import { hasNetAdmin, kernelFacts } from './kernel.ts';
import { diskFacts, memoryFacts, processorFacts, runtimeFacts } from './machine.ts';
import { portFacts, takenBlocks } from './networks.ts';

const QUICK_MS = 600;
const ENGINE_MS = 2000;
const TIMERS_MS = 2000;

/**
 * Examines this machine, in less than 3 s. Timers are measured last, because starting processes disturbs them. Waiting for
 * a slow engine does not disturb them.
 */
export const examine = async (): Promise<Facts> => {
  const processor = ask(QUICK_MS, processorFacts);
  const slow = {
    docker: ask(ENGINE_MS + 100, () => dockerFacts(ENGINE_MS)),
    compose: ask(ENGINE_MS + 100, () => composeVersion(ENGINE_MS)),
  };
  const quick = {
    runtime: await ask(QUICK_MS, runtimeFacts),
    processor: await processor,
    memory: await ask(QUICK_MS, memoryFacts),
    disk: await ask(QUICK_MS, diskFacts),
    netAdmin: await ask(QUICK_MS, hasNetAdmin),
    kernel: await ask(QUICK_MS, kernelFacts),
    ports: await ask(QUICK_MS, () => portFacts(PUBLISHED_PORTS)),
    networks: await ask(QUICK_MS, takenBlocks),
    clock: await ask(QUICK_MS + 100, () => clockFacts(QUICK_MS)),
  };
  await Promise.race([Promise.all([slow.docker, slow.compose]), pause(200)]);
  const timers = await ask(TIMERS_MS, timerFacts);
  return { ...quick, timers, docker: await slow.docker, compose: await slow.compose };
};
