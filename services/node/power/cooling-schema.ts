import { z } from 'zod';
import { overTimeSchema } from './over-time.ts';

const celsius = z.number().min(-150).max(200);

/** When a hot device slows down. The defaults are assumed: vendors publish only a limit near 90 degrees. */
const throttling = {
  throttleAtC: celsius.default(85).describe('At this temperature the device slows down.'),
  resumeAtC: celsius.default(78).describe('Below this temperature it runs at full speed again.'),
  throttleShare: z
    .number()
    .min(0.05)
    .max(1)
    .default(0.5)
    .describe('Draw above idle that is allowed while it is too hot, as a share of its range.'),
};

/** A device cooled by air or liquid. Its cooling is given by how far above the coolant it settles at full draw. */
const convective = {
  riseC: z.number().positive().max(150).describe('How far above the coolant the device settles at its highest draw.'),
  timeConstantS: z
    .number()
    .positive()
    .max(36_000)
    .describe('Time in which the difference to that temperature falls to 37 %.'),
};

export const coolingSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('liquid-hall'),
      // ASHRAE TC 9.9 class W32 supplies water of up to 32 degrees; rise and time are assumed.
      coolantC: overTimeSchema(celsius).default(32).describe('Temperature of the liquid that the plant supplies.'),
      riseC: convective.riseC.default(30),
      timeConstantS: convective.timeConstantS.default(30),
      ...throttling,
    }),
    z.strictObject({
      kind: z.literal('container'),
      ambientC: overTimeSchema(celsius).describe('Temperature of the intake air.'),
      riseC: convective.riseC.default(45),
      timeConstantS: convective.timeConstantS.default(120),
      ...throttling,
    }),
    z.strictObject({
      kind: z.literal('radiator'),
      areaM2: z.number().positive().max(1e6).describe('Radiating area: both sides of a panel count.'),
      heatCapacityKJPerK: z
        .number()
        .positive()
        .max(1e6)
        .describe('Heat capacity of the device, its loop and the radiator.'),
      emissivity: z
        .number()
        .positive()
        .max(1)
        .default(0.9)
        .describe('Emissivity; the default is that of a white coating, which is assumed.'),
      // A black panel at 20 degrees radiates 838 W/m2 from both sides, and 633 net of what it receives from Earth and Sun.
      sinkK: z.number().min(0).max(400).default(206).describe('Surroundings, given as the temperature of a black sky.'),
      startC: celsius.default(20).describe('Temperature at the start of the run.'),
      ...throttling,
      throttleAtC: celsius.default(65).describe('At this temperature of the loop the device slows down.'),
      resumeAtC: celsius.default(60).describe('Below this temperature it runs at full speed again.'),
    }),
  ])
  .refine(({ throttleAtC, resumeAtC }) => resumeAtC < throttleAtC, {
    path: ['resumeAtC'],
    error: 'expected less than throttleAtC',
  })
  .describe('How the device is cooled.');

export type Cooling = z.output<typeof coolingSchema>;
