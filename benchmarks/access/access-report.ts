import type { AccessOverhead } from '../../netem/links/effect/overhead.ts';
import type { QuantileCheck } from './leave-one-out.ts';
import { JUDGED, type MeasuredSite, type Quantiles } from './measured-site.ts';
import type { Shape } from './round-trips.ts';

/** What was found at one site. */
export interface SiteResult {
  readonly site: MeasuredSite;
  readonly overhead: AccessOverhead;
  readonly shape: Shape;
  readonly checks: readonly QuantileCheck[];
  /** Over the links of the emulator, another seed than that of the fit: with the fitted overhead, and with that of all dishes. */
  readonly played: Quantiles;
  readonly typical: Quantiles;
}

/** The tables as Markdown. */
export const accessReport = (results: readonly SiteResult[]): readonly string[] => [
  ...leftOutTable(results),
  '',
  verdictOf(results),
  '',
  ...playedTable(results),
];

/** A dish at 85 % of the checks, with a band of at most 1.3 ranges, is what is asked for. */
const BAR = { share: 0.85, ranges: 1.3 };

const verdictOf = (results: readonly SiteResult[]): string => {
  const checks = results.flatMap((result) => result.checks);
  const inside = checks.filter(({ isInside }) => isInside).length;
  const widest = results.flatMap(({ site, checks: of }) =>
    of.map((check) => ({ name: `${check.quantile} without ${site.name}`, ranges: check.widthInRanges })),
  );
  widest.sort((a, b) => b.ranges - a.ranges);
  const mean = checks.reduce((sum, { widthInRanges }) => sum + widthInRanges, 0) / checks.length;
  const [first, second] = widest;
  return (
    `${inside} of ${checks.length} measured quantiles are inside (asked for: ${Math.ceil(BAR.share * checks.length)}). A band is ` +
    `${mean.toFixed(2)} times as wide as the range of the sites that it was fitted to, on average; the widest is ${first!.name}, ` +
    `${first!.ranges.toFixed(2)} times (asked for: at most ${BAR.ranges}), the next ${second!.name}, ${second!.ranges.toFixed(2)} times.`
  );
};

const leftOutTable = (results: readonly SiteResult[]): readonly string[] => [
  `| site left out | ${JUDGED.join(' | ')} |`,
  `| --- |${JUDGED.map(() => ' --- |').join('')}`,
  ...results.map(
    ({ site, checks }) =>
      `| ${site.name} | ${checks
        .map(({ measuredMs, lowMs, highMs, isInside }) => {
          const band = `${measuredMs.toFixed(1)} in ${lowMs.toFixed(1)} to ${highMs.toFixed(1)}`;
          return isInside ? band : `**${band.replace(' in ', ' not in ')}**`;
        })
        .join(' | ')} |`,
  ),
];

const playedTable = (results: readonly SiteResult[]): readonly string[] => [
  '| site | p5 | p50 | p95 | p99 | in a slot p5 to p95 | slot jump | typical dish p50 | p95 | p99 |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...results.map(({ site, played, typical, shape }) => {
    const beside = (found: Quantiles) => (key: keyof Quantiles) =>
      `${found[key].toFixed(1)} / ${site.rttMs[key].toFixed(1)}`;
    const cells = [
      ...JUDGED.map(beside(played)),
      shape.inSlotMs.toFixed(0),
      shape.jumpMs.toFixed(1),
      ...(['p50', 'p95', 'p99'] as const).map(beside(typical)),
    ];
    return `| ${site.name} | ${cells.join(' | ')} |`;
  }),
];
