import { z } from 'zod';
import { overTimeSchema } from './over-time.ts';

const celsius = z.number().min(-150).max(200);

/** When a device that is too hot slows down. The defaults are assumed: vendors print no more than a limit near 90. */
const throttling = {
  throttleAtC: celsius.default(85).describe('At this temperature it slows down.'),
  resumeAtC: celsius.default(78).describe('Below this one it runs at full speed again.'),
  throttleShare: z
    .number()
    .min(0.05)
    .max(1)
    .default(0.5)
    .describe('What it may draw above idle while it is too hot, as a share of its range.'),
};

/** A device above a coolant; what it carries over is given by how far above it settles at full draw. */
const convective = {
  riseC: z.number().positive().max(150).describe('How far above it the device settles at its highest draw.'),
  timeConstantS: z.number().positive().max(36_000).describe('In which a gap to that temperature shrinks to 37 %.'),
};

export const coolingSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('liquid-hall'),
      // ASHRAE TC 9.9 class W32 supplies water of up to 32 degrees; rise and time are assumed.
      coolantC: overTimeSchema(celsius).default(32).describe('Of the liquid that the plant supplies.'),
      riseC: convective.riseC.default(30),
      timeConstantS: convective.timeConstantS.default(30),
      ...throttling,
    }),
    z.strictObject({
      kind: z.literal('container'),
      ambientC: overTimeSchema(celsius).describe('Of the air that it takes in.'),
      riseC: convective.riseC.default(45),
      timeConstantS: convective.timeConstantS.default(120),
      ...throttling,
    }),
    z.strictObject({
      kind: z.literal('radiator'),
      areaM2: z.number().positive().max(1e6).describe('That radiates: both sides of a panel count.'),
      heatCapacityKJPerK: z.number().positive().max(1e6).describe('Of the device, its loop and the radiator.'),
      emissivity: z.number().positive().max(1).default(0.9).describe('Assumed to be that of a white coating.'),
      // A black panel at 20 degrees radiates 838 W/m2 from both its sides and rejects 633 once Earth and Sun are taken off.
      sinkK: z.number().min(0).max(400).default(206).describe('What it faces, as the temperature of a black sky.'),
      startC: celsius.default(20).describe('At the start of the run.'),
      ...throttling,
      throttleAtC: celsius.default(65).describe('At this temperature of the loop the device slows down.'),
      resumeAtC: celsius.default(60).describe('Below this one it runs at full speed again.'),
    }),
  ])
  .refine(({ throttleAtC, resumeAtC }) => resumeAtC < throttleAtC, {
    path: ['resumeAtC'],
    error: 'expected less than throttleAtC',
  })
  .describe('How a device gets rid of its heat.');

export type Cooling = z.output<typeof coolingSchema>;
