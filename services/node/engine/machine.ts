import { z } from 'zod';

/**
 * The layer between the engine and its device. Source of the default: a virtualised server reached 94 to 105 % of bare
 * metal in MLPerf Inference v3.0 (VMware performance blog, 2023); the default is the lower end. A cloud vendor that sells
 * bare metal claims 15 to 25 % of loss.
 */
export const machineSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('bare-metal') }),
    z.strictObject({
      kind: z.literal('virtual'),
      overhead: z
        .number()
        .min(0)
        .max(10)
        .default(0.06)
        .describe('Extra time of a step compared with bare metal, as a share.'),
    }),
  ])
  .describe('Whether the engine runs in a virtual machine.');

/** Extra time of a step, as a share. */
export const overheadOf = (machine: z.output<typeof machineSchema>): number =>
  machine.kind === 'virtual' ? machine.overhead : 0;
