import { z } from 'zod';
import { microsSchema, shareSchema } from '../../../core/config/quantity-schemas.ts';
import { lastingNormalAt } from '../../../core/random/normal-at.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect, LinkModel, LinkState } from '../model/link-model.ts';
import { type DishPlace, linkEffect } from './link-effect.ts';
import { busyShareAt, type LocalDay } from './local-hours.ts';
import { losing } from './with-loss.ts';

/**
 * The peak is in the middle of the hours that the operator calls its peak, 18 to 21 h local time ("Improving Starlink's Latency", SpaceX 2024).
 * How much neighbours add by time of day is not published, so it is off by default.
 */
const schema = z
  .strictObject({
    peakHour: z.number().min(0).lt(24).default(19.5).describe('When it is worst, in hours of local solar time.'),
    queueUs: microsSchema.default(0).describe('Median wait towards the dish at that hour, in microseconds; 0 is off.'),
    queueSigma: z.number().min(0).max(2).default(0.5).describe('How skewed the waits are (lognormal).'),
    persistence: z
      .number()
      .min(0)
      .max(0.95)
      .default(0.8)
      .describe('Correlation of a wait with that of the slot before.'),
    lossRate: shareSchema.default(0).describe('Share of packets lost on top at that hour.'),
  })
  .describe('What the neighbours of a dish, who share its beam, add to its delay by local time of day.');

/** The queue that neighbours fill, slot by slot; a forecast knows the hour and the median. */
export const busyHoursEffect = linkEffect({
  key: 'busyHours',
  schema: () => schema,
  usual: {},
  build: (config, { leg, stream, slots, epochUnixMs, lonDeg }: DishPlace) => {
    const day = { epochUnixMs, lonDeg, peakHour: config.peakHour };
    const neighbours = leg === 'uplink' ? { ...config, queueUs: 0, lossRate: 0 } : config;
    return {
      actual: withBusyHours(slots, day, neighbours, stream),
      foreseen: withBusyHours(slots, day, { ...neighbours, queueSigma: 0 }, stream),
      spread: (atMs) => {
        const medianUs = busyShareAt(day, slots.startMs(slots.indexAt(atMs))) * neighbours.queueUs;
        const factor = Math.exp(1.645 * config.queueSigma); // between the median and the 95 % quantile
        return { belowUs: medianUs * (1 - 1 / factor), aboveUs: medianUs * (factor - 1) };
      },
    };
  },
});

/** What the neighbours of a dish do to it at their busiest hour; at other hours it is less. */
export interface BusyHours {
  /** Median wait, in microseconds. */
  readonly queueUs: number;
  /** Standard deviation of its logarithm. */
  readonly queueSigma: number;
  /** Correlation of that logarithm with that of the slot before. */
  readonly persistence: number;
  readonly lossRate: number;
}

/**
 * Adds a wait that is drawn once a slot and resembles that of the slot before, and loss, in proportion to how busy the hour is.
 * `stream` names the random stream.
 */
export const withBusyHours = (slots: TimeGrid, day: LocalDay, busy: BusyHours, stream: string): Effect => {
  const { queueUs, queueSigma, persistence, lossRate } = busy;
  if (queueUs === 0 && lossRate === 0) return (link) => link;
  const normal = lastingNormalAt(stream, persistence);
  const inSlot = memoByIndex((slot) => {
    const share = busyShareAt(day, slots.startMs(slot));
    return { waitUs: share * queueUs * Math.exp(queueSigma * normal(slot)), lossRate: share * lossRate };
  });
  return (link) =>
    eachSlot(slots, link, (state, slot) => {
      const { waitUs, lossRate: lost } = inSlot(slot);
      return { ...losing(state, { lossRate: lost }), delayUs: state.delayUs + waitUs };
    });
};

const eachSlot = (
  slots: TimeGrid,
  link: LinkModel,
  change: (state: LinkState, slot: number) => LinkState,
): LinkModel => ({
  stateAt: (atMs: Ms) => change(link.stateAt(atMs), slots.indexAt(atMs)),
  nextChangeAfter: (afterMs: Ms) => earliest(link.nextChangeAfter(afterMs), slots.startMs(slots.indexAt(afterMs) + 1)),
});
