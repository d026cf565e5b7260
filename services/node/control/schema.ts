import { z } from 'zod';

/** Who may inject faults into the nodes of a scenario. */
export const faultPermissionSchema = z.strictObject({
  token: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, 'Use 16 to 200 printable characters without spaces')
    .describe(
      'What a caller of the control service must show. It guards experiments, no secrets: the file has it in clear.',
    ),
});
