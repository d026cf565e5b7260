import type { Ms } from '../../core/time/clock.ts';
import { US_PER_MS } from '../../core/units.ts';
import type { SpreadAt } from '../../netem/links/model/foreseeable.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { SLOT_MS } from '../../netem/sky/path/time-grid.ts';

/** What a forecast knows of the one-way delay of a link: quantiles in milliseconds, means over time; NaN when it is never up. */
export interface ForecastBand {
  readonly p5Ms: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Over the slots from 0 to `untilMs`, each asked once, in its middle, while the forecast has the link up. */
export const forecastBand = (foreseen: LinkModel, spread: SpreadAt, untilMs: Ms): ForecastBand => {
  const sums = { p5Us: 0, p50Us: 0, p95Us: 0 };
  let count = 0;
  for (let atMs = Math.min(SLOT_MS, untilMs) / 2; atMs < untilMs; atMs += SLOT_MS) {
    const { up, delayUs } = foreseen.stateAt(atMs);
    if (!up) continue;
    const { belowUs, aboveUs } = spread(atMs);
    sums.p5Us += delayUs - belowUs;
    sums.p50Us += delayUs;
    sums.p95Us += delayUs + aboveUs;
    count++;
  }
  const meanMs = (sumUs: number): number => sumUs / count / US_PER_MS;
  return { p5Ms: meanMs(sums.p5Us), p50Ms: meanMs(sums.p50Us), p95Ms: meanMs(sums.p95Us) };
};
