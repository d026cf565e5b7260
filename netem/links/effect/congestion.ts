import { z } from 'zod';
import { microsSchema, shareSchema, windowSchema } from '../../../core/config/quantity-schemas.ts';
import { earliest } from '../model/earliest.ts';
import { foreseeable, unforeseen } from '../model/foreseeable.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window, windowOf } from '../model/windows.ts';
import { withDailyCongestion } from './daily-congestion.ts';
import { linkEffect, type Section } from './link-effect.ts';
import { losing } from './with-loss.ts';

const shape = {
  queueUs: microsSchema.default(5000).describe('The shortest wait in its queues, one way, in microseconds.'),
  jitterUs: microsSchema
    .default(1000)
    .describe('Half-width of the variation on top, in microseconds; it only adds, so the mean rises by as much.'),
  lossRate: shareSchema.default(0.001).describe('Share of packets lost on top.'),
};

const kinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('daily'),
    peakHourUtc: z.number().min(0).lt(24).describe('When it is worst, in hours UTC; twelve hours later there is none.'),
    ...shape,
  }),
  z.strictObject({
    kind: z.literal('windows'),
    windows: z
      .array(windowSchema(shape))
      .max(1000)
      .describe('Stretches of the run; overlapping ones add up. Forecasts do not include them.'),
  }),
]);

const schemaFor = (section: Section) =>
  kinds.describe(
    section === 'laser' || section === 'paths.laser'
      ? 'What the traffic of others on its lasers adds: nothing, the same every day, or a script. Its numbers are assumptions: no operator has published the load of lasers.'
      : 'What the traffic of others adds: nothing, the same every day, or a script.',
  );

/** The traffic of others on a cable, or on the lasers of a path; a forecast knows only the daily part. */
export const congestionEffect = linkEffect({
  key: 'congestion',
  schema: schemaFor,
  usual: { kind: 'none' },
  build: (congestion, { epochUnixMs }) => {
    switch (congestion.kind) {
      case 'none':
        return foreseeable((link) => link);
      case 'daily':
        return foreseeable(withDailyCongestion(congestion, epochUnixMs));
      case 'windows':
        return unforeseen(withCongestion(congestion.windows.map((window) => ({ ...window, ...windowOf(window) }))));
    }
  },
});

/** What the traffic of others does to a link for a while. */
export interface Congestion extends Window {
  /** The shortest wait in the queue, in microseconds. */
  readonly queueUs: number;
  /** Half-width of the variation on top, in microseconds: waits run from `queueUs` to `queueUs + 2 * jitterUs`. */
  readonly jitterUs: number;
  /** Share of packets that find the queue full, 0 to 1. */
  readonly lossRate: number;
}

/** Adds queueing delay, jitter and loss for the given stretches of run time; those that overlap add up. */
export const withCongestion = (congestions: readonly Congestion[]): Effect => {
  const nextEdgeAfter = nextEdgeIn(congestions);
  return (link) => ({
    stateAt: (atMs) =>
      congestions
        .filter((congestion) => isWithin(atMs, congestion))
        .reduce(
          (state, { queueUs, jitterUs, lossRate }) => ({
            ...losing(state, { lossRate }),
            delayUs: state.delayUs + queueUs + jitterUs,
            jitterUs: state.jitterUs + jitterUs,
          }),
          link.stateAt(atMs),
        ),
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
