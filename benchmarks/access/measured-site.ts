/** A place where round trips from a user terminal to its PoP were measured, and their quantiles in milliseconds. */
export interface MeasuredSite {
  readonly name: string;
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly rttMs: Quantiles;
}

export interface Quantiles {
  readonly p0: number;
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly p99: number;
}

/** The quantiles that a site is judged by. */
export const JUDGED = ['p5', 'p50', 'p95', 'p99'] as const;

/** The towns that the sites are named after. Ulukhaktok, at 70 degrees north, is not well served and left out. */
const PLACES: Readonly<Record<string, readonly [latDeg: number, lonDeg: number]>> = {
  'brisbane-australia': [-27.47, 153.03],
  'bruhl-germany': [50.83, 6.91],
  'kanazawa-japan': [36.56, 136.66],
  'lincoln-usa': [40.81, -96.7],
  'louvain-belgium': [50.67, 4.61],
  'manila-philippines': [14.6, 120.98],
  'salt-lake-city-usa': [40.76, -111.89],
  'seattle-usa': [47.61, -122.33],
  'victoria-canada': [48.43, -123.37],
  'waterloo-canada': [43.47, -80.52],
};

/** The well-served sites of `netem/data/ut-to-pop-rtt-summary.csv`. */
export const measuredSites = (csv: string): readonly MeasuredSite[] =>
  csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .flatMap(([name, , ...numbers]) => {
      const place = PLACES[name!];
      if (place === undefined) return [];
      const [p0, p5, p25, p50, p75, p95, p99] = numbers.map(Number) as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return [{ name: name!, latDeg: place[0], lonDeg: place[1], rttMs: { p0, p5, p25, p50, p75, p95, p99 } }];
    });
