import { COLOURS } from '../links/colours.ts';
import { element, rounded, svgDocument, textAt } from '../links/svg.ts';
import { roundTicks } from '../links/ticks.ts';
import type { LoadSample } from './load-series.ts';
import { type Comparison, MEASURES } from './replay-statistics.ts';

export interface ReplayPicture {
  readonly title: string;
  readonly subtitle: string;
  readonly comparison: Comparison;
  readonly series: readonly LoadSample[];
  readonly measuredSeries: readonly LoadSample[] | null;
}

/** Points from left to right. */
type Curve = readonly (readonly [x: number, y: number])[];

interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly simulated: Curve;
  readonly measured: Curve | null;
  /** Upper end of the y axis; it begins at 0. */
  readonly most: number;
}

/** Distributions of TTFT, TPOT and E2E, simulated and measured, and below them the load of the engine over time. */
export const replaySvg = ({ title, subtitle, comparison, series, measuredSeries }: ReplayPicture): string => {
  const hasMeasured = comparison.measured !== null || measuredSeries !== null;
  const panels = [...distributions(comparison), ...loads(series, measuredSeries)];
  return svgDocument(WIDTH, HEIGHT, `${title}: simulated${hasMeasured ? ' and measured' : ''}`, [
    textAt(GAP, 36, title, { 'font-size': 22, 'font-weight': 600, fill: COLOURS.ink }),
    textAt(GAP, 60, subtitle, { 'font-size': 14, fill: COLOURS.quiet }),
    ...legend(hasMeasured),
    ...panels.flatMap((panel, index) => drawn(panel, index % 3, Math.floor(index / 3))),
  ]);
};

const TITLES = { ttft: 'TTFT', tpot: 'TPOT', e2e: 'end to end' } as const;

const distributions = ({ simulated, measured }: Comparison): readonly Panel[] =>
  MEASURES.map((measure) => {
    const unit = measure === 'tpot' ? ({ name: 'ms', ms: 1 } as const) : ({ name: 's', ms: 1000 } as const);
    const real = measured?.[measure];
    return {
      title: `${TITLES[measure]}, share of requests`,
      xTitle: unit.name,
      simulated: distribution(simulated[measure], unit.ms),
      measured: real === undefined || real.length === 0 ? null : distribution(real, unit.ms),
      most: 1,
    };
  });

/** A step up at every sample. If there are very many samples, an even selection of them is drawn. */
const distribution = (sorted: Float64Array, unitMs: number): Curve => {
  const steps = Math.min(sorted.length, MOST_POINTS);
  return Array.from({ length: steps }, (_, step) => {
    const rank = Math.ceil(((step + 1) * sorted.length) / steps) - 1;
    return [sorted[rank]! / unitMs, (rank + 1) / sorted.length] as const;
  });
};

const loads = (series: readonly LoadSample[], measured: readonly LoadSample[] | null): readonly Panel[] =>
  (
    [
      ['sequences running', ({ running }: LoadSample) => running],
      ['requests waiting', ({ waiting }: LoadSample) => waiting],
      ['KV cache used', ({ kvShare }: LoadSample) => kvShare],
    ] as const
  ).map(([title, value]): Panel => {
    const all = [...series, ...(measured ?? [])];
    const curve = (samples: readonly LoadSample[]): Curve => {
      const every = Math.ceil(samples.length / MOST_POINTS);
      return samples.filter((_, index) => index % every === 0).map((sample) => [sample.atS, value(sample)] as const);
    };
    return {
      title,
      xTitle: 's',
      simulated: curve(series),
      measured: measured === null ? null : curve(measured),
      most: all.reduce((most, sample) => Math.max(most, value(sample)), 1),
    };
  });

const WIDTH = 1320;
const HEIGHT = 800;
const GAP = 60;
const PANEL_WIDTH = 370;
const PANEL_HEIGHT = 240;
const TOP = 130;
const MOST_POINTS = 1000;

const drawn = (panel: Panel, column: number, row: number): readonly string[] => {
  const left = GAP + column * (PANEL_WIDTH + GAP);
  const top = TOP + row * (PANEL_HEIGHT + 90);
  const bottom = top + PANEL_HEIGHT;
  const furthest = [...panel.simulated, ...(panel.measured ?? [])].reduce((most, [x]) => Math.max(most, x), 0) || 1;
  const x = (value: number): number => left + (value / furthest) * PANEL_WIDTH;
  const y = (value: number): number => bottom - (value / panel.most) * PANEL_HEIGHT;
  const label = { 'font-size': 12, fill: COLOURS.ink };
  return [
    textAt(left, top - 12, panel.title, { 'font-size': 14, 'font-weight': 600, fill: COLOURS.ink }),
    ...roundTicks(0, panel.most, 5).flatMap((tick) => [
      element('line', { x1: left, x2: left + PANEL_WIDTH, y1: y(tick), y2: y(tick), stroke: COLOURS.grid }),
      textAt(left - 8, y(tick) + 4, String(tick), { ...label, 'text-anchor': 'end' }),
    ]),
    ...roundTicks(0, furthest, 6).flatMap((tick) => [
      element('line', { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5, stroke: COLOURS.quiet }),
      textAt(x(tick), bottom + 20, String(tick), { ...label, 'text-anchor': 'middle' }),
    ]),
    element('line', { x1: left, x2: left + PANEL_WIDTH, y1: bottom, y2: bottom, stroke: COLOURS.quiet }),
    textAt(left + PANEL_WIDTH, bottom + 38, panel.xTitle, { ...label, 'text-anchor': 'end', fill: COLOURS.quiet }),
    ...(panel.measured === null ? [] : [line(panel.measured, x, y, COLOURS.fibre)]),
    line(panel.simulated, x, y, COLOURS.space),
  ];
};

const line = (curve: Curve, x: (value: number) => number, y: (value: number) => number, stroke: string): string =>
  element('path', {
    d:
      curve.length === 0
        ? 'M0 0'
        : `M${curve.map(([at, value]) => `${rounded(x(at))} ${rounded(y(value))}`).join('L')}`,
    fill: 'none',
    stroke,
    'stroke-width': 2,
    'stroke-linejoin': 'round',
  });

const legend = (hasMeasured: boolean): readonly string[] =>
  [
    { text: 'simulated', stroke: COLOURS.space },
    ...(hasMeasured ? [{ text: 'measured', stroke: COLOURS.fibre }] : []),
  ].flatMap(({ text, stroke }, index) => {
    const at = GAP + index * 130;
    return [
      element('line', { x1: at, x2: at + 28, y1: 86, y2: 86, stroke, 'stroke-width': 3 }),
      textAt(at + 36, 91, text, { 'font-size': 14, fill: COLOURS.ink }),
    ];
  });
