import { z } from 'zod';
import { exponential } from '../../core/random/distributions.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { ArrivalProcess } from './arrival-process.ts';

const schema = z.strictObject({
  kind: z.literal('diurnal'),
  peakOverMean: z
    .number()
    .min(1)
    .max(2)
    .describe('Rate of a region at its peak, as a multiple of its mean over a day.'),
  peakHour: z
    .number()
    .min(0)
    .max(24)
    .default(15)
    .describe('Hour of the peak, in the local solar time of each region; the default is assumed.'),
  dayS: z
    .number()
    .min(1)
    .max(86_400)
    .default(86_400)
    .describe('How long a day takes: less than 86,400 s lets a short run see much of a day.'),
});

/**
 * Day and night by region. Where a client is, the rate follows a cosine of its mean solar time `h = UTC + longitude / 15`:
 * `m(h) = 1 + (peakOverMean - 1) cos(2 pi (h - peakHour) / 24)`, so that `ratePerS` is the mean over a day, and a run of a part of a day has what that part has.
 * The process is Poisson, thinned from its highest rate. Source: P. A. W. Lewis and G. S. Shedler, Naval Research Logistics 26, 1979.
 */
export const diurnalArrivals: ArrivalProcess<typeof schema> = {
  schema,
  arrivals: ({ peakOverMean, peakHour, dayS }, { ratePerS, durationMs, startUnixMs, clients, rng }) => {
    const total = clients.reduce((sum, { share }) => sum + share, 0);
    const startHour = (startUnixMs / MS_AN_HOUR) % 24;
    const weightAt = (client: number, atMs: Ms): number => {
      const hour = startHour + (atMs / 1000 / dayS) * 24 + clients[client]!.lonDeg / DEG_AN_HOUR;
      return 1 + (peakOverMean - 1) * Math.cos((2 * Math.PI * (hour - peakHour)) / 24);
    };
    const weightOfAllAt = (atMs: Ms): number =>
      clients.reduce((sum, { share }, client) => sum + share * weightAt(client, atMs), 0) / total;
    const timesMs: Ms[] = [];
    const leastGapMs = 1000 / (ratePerS * peakOverMean);
    for (let atMs = exponential(rng, leastGapMs); atMs < durationMs; atMs += exponential(rng, leastGapMs)) {
      if (rng.next() * peakOverMean < weightOfAllAt(atMs)) timesMs.push(atMs);
    }
    return { timesMs, weightAt };
  },
};

const MS_AN_HOUR = 3_600_000;
const DEG_AN_HOUR = 15;
