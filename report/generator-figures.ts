import type { Event } from '../core/event/event.ts';
import { round } from './distribution.ts';
import type { RunFigures } from './summary-schema.ts';

export type GeneratorEvent = Extract<Event, { kind: 'generator' }>;

/** How well the processes of a load kept their times, by the worst of them; processor time is of all together. */
export const generatorFigures = (generators: readonly GeneratorEvent[]): RunFigures['generator'] => {
  const [first] = generators;
  if (first === undefined) return null;
  const worst = (of: (event: GeneratorEvent) => number): number => round(Math.max(...generators.map(of)));
  const known = (of: (event: GeneratorEvent) => number | undefined): number | null =>
    generators.some((event) => of(event) === undefined) ? null : worst((event) => of(event)!);
  return {
    processes: generators.length,
    transport: first.transport ?? null,
    lagP50Ms: worst(({ lagP50Ms }) => lagP50Ms),
    lagP99Ms: worst(({ lagP99Ms }) => lagP99Ms),
    eventLoopP99Ms: worst(({ eventLoopP99Ms }) => eventLoopP99Ms),
    busyShare: known(({ busyShare }) => busyShare),
    cpuMs: Math.round(generators.reduce((sum, { cpuMs }) => sum + cpuMs, 0)),
    taxP50Ms: known(({ taxP50Ms }) => taxP50Ms),
    taxP99Ms: known(({ taxP99Ms }) => taxP99Ms),
  };
};

/** The same in one line, with what the client itself adds to every latency. */
export const generatorNote = (figures: NonNullable<RunFigures['generator']>): string => {
  const { processes, transport, lagP50Ms, lagP99Ms, eventLoopP99Ms, busyShare, taxP50Ms, taxP99Ms } = figures;
  const by = `${transport === null ? '' : ` over ${transport}`}${processes === 1 ? '' : `, from ${processes} processes,`}`;
  const busy = busyShare === null ? '' : `, busy ${(busyShare * 100).toFixed(0)} % of the time`;
  const tax =
    taxP50Ms === null || taxP99Ms === null
      ? 'what it adds itself was not measured'
      : `it adds ${ms(taxP50Ms)} ms itself (p99 ${ms(taxP99Ms)})`;
  return (
    `the load${by} left ${ms(lagP50Ms)} ms late (p99 ${ms(lagP99Ms)}), ` +
    `its event loop waited ${ms(eventLoopP99Ms)} ms at p99${busy}; ${tax}`
  );
};

const ms = (of: number): string => of.toFixed(2);
