import { ascending, quantile } from '../../core/stats/quantile.ts';
import { type DishPopulation, drawnOverhead } from '../../netem/links/dish-population.ts';
import { JUDGED, type MeasuredSite } from './measured-site.ts';
import { quantilesMs, type RoundTrips } from './round-trips.ts';

/** One quantile of the site that was left out, and what a population fitted to the other sites says of it. */
export interface QuantileCheck {
  readonly quantile: (typeof JUDGED)[number];
  readonly measuredMs: number;
  /** 5 % and 95 % quantile over the dishes of the population, at the place that was left out. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly isInside: boolean;
  /** How wide the band is, in ranges of the measured sites that the population was fitted to. */
  readonly widthInRanges: number;
}

/** Checks `left` against dishes drawn from `population`, which knows only the sites `others`. */
export const checksOf = (options: {
  readonly left: MeasuredSite;
  readonly others: readonly MeasuredSite[];
  readonly population: DishPopulation;
  /** Over the geometry of the place that was left out. */
  readonly trips: RoundTrips;
  readonly dishes: number;
  readonly seed: number;
}): readonly QuantileCheck[] => {
  const { left, others, population, trips, dishes, seed } = options;
  const drawn = Array.from({ length: dishes }, (_, dish) =>
    quantilesMs(trips.under(drawnOverhead(population, `${seed}/${left.name}/${dish}`))),
  );
  return JUDGED.map((key) => {
    const sorted = ascending(drawn.map((quantiles) => quantiles[key]));
    const [lowMs, highMs] = [quantile(sorted, 0.05), quantile(sorted, 0.95)];
    const measuredMs = left.rttMs[key];
    const known = others.map(({ rttMs }) => rttMs[key]);
    return {
      quantile: key,
      measuredMs,
      lowMs,
      highMs,
      isInside: measuredMs >= lowMs && measuredMs <= highMs,
      widthInRanges: (highMs - lowMs) / (Math.max(...known) - Math.min(...known)),
    };
  });
};
