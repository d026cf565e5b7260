import { z } from 'zod';
import { overTimeSchema } from './over-time.ts';

const capacityKw = z.number().positive().max(1e7);

/** No defaults: prices and emissions differ between places by a factor of a hundred. */
const costs = {
  priceUsdPerKwh: overTimeSchema(z.number().min(-10).max(10)).describe('What a kWh costs; negative prices happen.'),
  carbonGPerKwh: overTimeSchema(z.number().min(0).max(5000)).describe('Grams of CO2 equivalent a kWh.'),
};

/** What feeds a site. */
export const sitePowerSchema = z
  .strictObject({
    kind: z
      .enum(['grid', 'hydro', 'generator', 'solar'])
      .describe('Solar follows the Sun over the site, or on its satellite, in a clear sky; the others are steady.'),
    capacityKw: capacityKw.describe('The most that it gives; of solar, with the Sun straight above.'),
    ...costs,
    pue: z
      .number()
      .min(1)
      .max(5)
      .default(1)
      .describe('What the site takes for each watt of its devices (power usage effectiveness).'),
    battery: z
      .strictObject({
        kwh: z.number().min(1e-4).max(1e7).describe('What it holds.'),
        chargeShare: z.number().min(0).max(1).default(1).describe('How full it is at the start.'),
        maxKw: capacityKw.optional().describe('The most that it takes or gives. Default: half of `kwh` an hour.'),
        efficiency: z.number().positive().max(1).default(0.9).describe('Of what it takes, what comes back; assumed.'),
      })
      .optional(),
    backup: z
      .strictObject({
        capacityKw: capacityKw.describe('The most that it gives.'),
        startS: z.number().nonnegative().max(86_400).default(10).describe('From the event to full power; assumed.'),
        ...costs,
      })
      .optional()
      .describe('A generator that runs during events.'),
    events: z
      .array(
        z.strictObject({
          fromS: z.number().nonnegative(),
          forS: z.number().positive(),
          share: z.number().min(0).max(1).describe('What is left of the source; 0 for an outage.'),
        }),
      )
      .default([])
      .describe('Brown-outs and outages. Where two overlap, the smaller share holds.'),
  })
  .describe('What feeds the site, shared out to its nodes by their highest draw.');

export type SitePower = z.output<typeof sitePowerSchema>;
