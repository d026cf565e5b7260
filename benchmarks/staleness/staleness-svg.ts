import { COLOURS } from '../../report/links/colours.ts';
import { element, svgDocument, textAt } from '../../report/links/svg.ts';
import type { PredictionFigures } from './prediction-errors.ts';
import type { StalenessPoints } from './staleness-point.ts';

/** A picture with a panel for each policy: over the age of reports a line for each utilisation, on a logarithmic scale. Endless values are at the top. */
export const stalenessSvg = (
  { title, of }: { readonly title: string; readonly of: (figures: PredictionFigures) => number },
  policies: readonly string[],
  points: StalenessPoints,
  { utilisations, agesMs }: { readonly utilisations: readonly number[]; readonly agesMs: readonly number[] },
): string => {
  const values = policies.flatMap((policy) =>
    utilisations.flatMap((utilisation) => agesMs.map((ageMs) => of(points.at(policy, utilisation, ageMs)))),
  );
  const finite = values.filter((value) => Number.isFinite(value) && value > 0);
  const lowest = Math.floor(Math.log10(Math.min(...finite, 1e9)));
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...finite, 1))));
  const y = (value: number): number => {
    const share = (Math.log10(Math.max(value, 10 ** lowest)) - lowest) / (highest - lowest);
    return BOTTOM - Math.min(1, share) * (BOTTOM - TOP);
  };
  const panels = policies.flatMap((policy, panel) => {
    const left = LEFT + panel * PANEL;
    const x = (index: number): number => left + (index / Math.max(1, agesMs.length - 1)) * (PANEL - GAP);
    return [
      textAt(left, TOP - 14, policy, { 'font-size': 14, 'font-weight': 600, fill: COLOURS.ink }),
      ...decades(lowest, highest).flatMap((decade) => [
        element('path', { d: `M${left} ${y(10 ** decade)}H${left + PANEL - GAP}`, stroke: COLOURS.grid }),
        ...(panel > 0
          ? []
          : [
              textAt(left - 8, y(10 ** decade) + 4, String(10 ** decade), {
                'font-size': 12,
                'text-anchor': 'end',
                fill: COLOURS.quiet,
              }),
            ]),
      ]),
      ...agesMs.map((ageMs, index) =>
        textAt(x(index), BOTTOM + 20, String(ageMs / 1000), {
          'font-size': 12,
          'text-anchor': 'middle',
          fill: COLOURS.quiet,
        }),
      ),
      ...utilisations.flatMap((utilisation, line) => {
        const heights = agesMs.map((ageMs) => y(of(points.at(policy, utilisation, ageMs))));
        const d = heights.map(
          (height, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${height.toFixed(1)}`,
        );
        const stroke = SHADES[line % SHADES.length]!;
        return [
          element('path', { d: d.join(''), fill: 'none', stroke, 'stroke-width': 2 }),
          ...heights.map((height, index) => element('circle', { cx: x(index), cy: height, r: 3, fill: stroke })),
        ];
      }),
    ];
  });
  const width = LEFT + policies.length * PANEL + 60;
  return svgDocument(width, BOTTOM + 60, title, [
    textAt(LEFT, 28, title, { 'font-size': 15, 'font-weight': 600, fill: COLOURS.ink }),
    ...panels,
    textAt(LEFT, BOTTOM + 44, 'age of reports, s', { 'font-size': 13, fill: COLOURS.quiet }),
    ...utilisations.map((utilisation, line) =>
      textAt(width - 56, TOP + 18 * line, String(utilisation), {
        'font-size': 13,
        fill: SHADES[line % SHADES.length]!,
      }),
    ),
  ]);
};

const decades = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const [LEFT, TOP, BOTTOM, PANEL, GAP] = [70, 74, 300, 210, 30];

/** From light to dark, the busier the darker. */
const SHADES = ['#9ecae1', '#6baed6', '#4292c6', '#2171b5', '#08306b'];
