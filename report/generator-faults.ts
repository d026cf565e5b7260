import type { Ms } from '../core/time/clock.ts';
import type { GeneratorEvent } from './generator-figures.ts';

/**
 * Why the load was not the intended one, by the name of each process that spoilt it, a line each. An event
 * loop that waits, or that never rests, also takes the times of messages late.
 */
export const generatorFaults = (
  generators: readonly GeneratorEvent[],
  { e2eP50Ms, isInterrupted }: { readonly e2eP50Ms: Ms | null; readonly isInterrupted: boolean },
): readonly string[] =>
  generators.flatMap(({ part, lagP99Ms, sent, offered, eventLoopP99Ms, busyShare = 0 }) => {
    const name = part === undefined || part === 'load' ? 'load generator' : part;
    const limitMs = lagLimitMs(e2eP50Ms);
    return [
      ...(lagP99Ms > limitMs
        ? [`the ${name} sent ${lagP99Ms.toFixed(1)} ms late at p99, above ${limitMs.toFixed(1)} ms`]
        : []),
      ...(sent < 0.99 * offered && !isInterrupted
        ? [`the ${name} sent ${sent} of ${offered} requests, below 99 %`]
        : []),
      ...(eventLoopP99Ms > MOST_WAIT_MS
        ? [`the event loop of the ${name} waited ${eventLoopP99Ms.toFixed(1)} ms at p99, above ${MOST_WAIT_MS} ms`]
        : []),
      ...(busyShare > MOST_BUSY
        ? [`the ${name} was busy ${(busyShare * 100).toFixed(0)} % of the time, above ${MOST_BUSY * 100} %`]
        : []),
    ];
  });

/** How late a generator may send at p99: 1 % of the median response time, at most 5 ms. */
const lagLimitMs = (e2eP50Ms: Ms | null): Ms => Math.min(5, 0.01 * (e2eP50Ms ?? 500));

const MOST_WAIT_MS: Ms = 5;
const MOST_BUSY = 0.9;
