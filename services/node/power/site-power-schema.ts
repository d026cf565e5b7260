import { z } from 'zod';
import { overTimeSchema } from './over-time.ts';

const capacityKw = z.number().positive().max(1e7);

/** No defaults: prices and emissions differ between places by a factor of a hundred. */
const costs = {
  priceUsdPerKwh: overTimeSchema(z.number().min(-10).max(10)).describe('Price of a kWh; it can be negative.'),
  carbonGPerKwh: overTimeSchema(z.number().min(0).max(5000)).describe('Grams of CO2 equivalent for a kWh.'),
};

/** The power supply of a site. */
export const sitePowerSchema = z
  .strictObject({
    kind: z
      .enum(['grid', 'hydro', 'generator', 'solar'])
      .describe('Solar follows the Sun over the site, or on its satellite, with a clear sky. The others are steady.'),
    capacityKw: capacityKw.describe('Highest power; for solar, with the Sun directly overhead.'),
    ...costs,
    pue: z
      .number()
      .min(1)
      .max(5)
      .default(1)
      .describe('Watts of the site for each watt of its devices (power usage effectiveness).'),
    battery: z
      .strictObject({
        kwh: z.number().min(1e-4).max(1e7).describe('Capacity in kWh.'),
        chargeShare: z.number().min(0).max(1).default(1).describe('Charge at the start, as a share.'),
        maxKw: capacityKw
          .optional()
          .describe('Highest power for charging and discharging. Default: half of `kwh` in an hour.'),
        efficiency: z
          .number()
          .positive()
          .max(1)
          .default(0.9)
          .describe('Share of the charged energy that it gives back; the default is assumed.'),
      })
      .optional(),
    backup: z
      .strictObject({
        capacityKw: capacityKw.describe('Highest power.'),
        startS: z
          .number()
          .nonnegative()
          .max(86_400)
          .default(10)
          .describe('Seconds from the event to full power; the default is assumed.'),
        ...costs,
      })
      .optional()
      .describe('A generator that runs during events.'),
    events: z
      .array(
        z.strictObject({
          fromS: z.number().nonnegative(),
          forS: z.number().positive(),
          share: z.number().min(0).max(1).describe('Share of the source that is left; 0 for an outage.'),
        }),
      )
      .default([])
      .describe('Brown-outs and outages. When two overlap, the smaller share is used.'),
  })
  .describe('Power supply of the site, divided among its nodes in proportion to their highest draw.');

export type SitePower = z.output<typeof sitePowerSchema>;
