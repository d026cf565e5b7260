import { z } from 'zod';
import type { ArrivalProcess, Arrivals, Offered } from './arrival-process.ts';
import { constantArrivals } from './constant.ts';
import { diurnalArrivals } from './diurnal.ts';
import { gammaArrivals } from './gamma.ts';
import { mmppArrivals } from './mmpp.ts';
import { poissonArrivals } from './poisson.ts';
import { rampArrivals } from './ramp.ts';
import { traceArrivals } from './trace-arrivals.ts';

/** Every way of arriving. To add one: a file in this folder, and a line here. */
const PROCESSES = {
  trace: traceArrivals,
  poisson: poissonArrivals,
  constant: constantArrivals,
  gamma: gammaArrivals,
  mmpp: mmppArrivals,
  diurnal: diurnalArrivals,
  ramp: rampArrivals,
} as const;

type Processes = typeof PROCESSES;

const KINDS = Object.keys(PROCESSES) as readonly (keyof Processes)[];

/** A kind alone where it has no keys, or a kind with its keys. */
export const arrivalsSchema = z.union([
  z.enum(KINDS).refine((kind) => PROCESSES[kind].schema.safeParse({ kind }).success, {
    error: ({ input }) => `expected an object with its keys: { kind: ${input}, ... }`,
  }),
  z.discriminatedUnion(
    'kind',
    Object.values(PROCESSES).map(({ schema }) => schema) as unknown as [Processes[keyof Processes]['schema']],
  ),
]);

export type ArrivalsConfig = z.output<typeof arrivalsSchema>;

export const arrivalsOf = (config: ArrivalsConfig, offered: Offered): Arrivals => {
  const keyed = typeof config === 'string' ? { kind: config } : config;
  return (PROCESSES[keyed.kind] as ArrivalProcess).arrivals(keyed, offered);
};
