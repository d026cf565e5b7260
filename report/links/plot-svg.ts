import type { Ms } from '../../core/time/clock.ts';
import type { TimeGrid } from '../../netem/sky/path/time-grid.ts';
import { COLOURS } from './colours.ts';
import { envelope } from './envelope.ts';
import type { Span } from './path-samples.ts';
import { element, rounded, svgDocument, textAt } from './svg.ts';
import { roundTicks, timeTicks } from './ticks.ts';

/** What a plot shows: round trips of the steps of a span in ms (NaN when there was no path), compared with fibre. */
export interface Plot {
  readonly title: string;
  readonly subtitle: string;
  readonly medium: string;
  readonly rttMs: ArrayLike<number>;
  readonly span: Span;
  readonly slots: TimeGrid;
  readonly fibreMs: number;
}

/** Round trips over time as SVG: slot boundaries are faint lines, fibre is a level, times without a path are shaded. */
export const plotSvg = (plot: Plot): string => {
  const { span, rttMs, fibreMs } = plot;
  const startS = span.startMs / 1000;
  const endS = startS + span.durationMs / 1000;
  const range = rangeOf(rttMs, fibreMs);
  const axes: Axes = {
    x: (seconds) => LEFT + ((seconds - startS) / (endS - startS)) * (RIGHT - LEFT),
    y: (ms) => BOTTOM - ((ms - range.low) / (range.high - range.low)) * (BOTTOM - TOP),
  };
  const slots = plot.medium === 'fibre' ? [] : slotStartsS(plot);
  const isDown = Array.from(rttMs).some(Number.isNaN);
  return svgDocument(WIDTH, HEIGHT, `${plot.title}: round trip over time`, [
    textAt(LEFT, 36, plot.title, { 'font-size': 22, 'font-weight': 600, fill: COLOURS.ink }),
    textAt(LEFT, 60, plot.subtitle, { 'font-size': 14, fill: COLOURS.quiet }),
    ...slots.map((at) => vertical(axes.x(at), { stroke: COLOURS.slot, 'stroke-width': 1, 'stroke-dasharray': '2 4' })),
    ...gapsOf(plot, axes),
    ...levels(axes, roundTicks(range.low, range.high, 6)),
    ...times(axes, startS, endS),
    textAt(0, 0, 'round trip, ms', {
      transform: `translate(26 ${(TOP + BOTTOM) / 2}) rotate(-90)`,
      'text-anchor': 'middle',
      'font-size': 14,
      fill: COLOURS.quiet,
    }),
    element('line', {
      x1: LEFT,
      x2: RIGHT,
      y1: axes.y(fibreMs),
      y2: axes.y(fibreMs),
      stroke: COLOURS.fibre,
      'stroke-width': 2.5,
    }),
    ...(plot.medium === 'fibre' ? [] : [lineOf(plot, axes)]),
    ...legend(plot, { hasSlots: slots.length > 0, isDown }),
  ]);
};

interface Axes {
  readonly x: (seconds: number) => number;
  readonly y: (ms: number) => number;
}

const WIDTH = 1200;
const HEIGHT = 560;
const LEFT = 84;
const RIGHT = WIDTH - 36;
const TOP = 116;
const BOTTOM = HEIGHT - 72;

/** With more boundaries than this, the lines would cover the plot. */
const MOST_SLOTS = 90;

const rangeOf = (rttMs: ArrayLike<number>, fibreMs: number): { readonly low: number; readonly high: number } => {
  let low = fibreMs;
  let high = fibreMs;
  for (let index = 0; index < rttMs.length; index++) {
    if (rttMs[index]! < low) low = rttMs[index]!;
    if (rttMs[index]! > high) high = rttMs[index]!;
  }
  const pad = high > low ? (high - low) * 0.08 : Math.max(0.5, high * 0.1);
  return { low: Math.max(0, low - pad), high: high + pad };
};

const slotStartsS = ({ span, slots }: Plot): readonly number[] => {
  const first = slots.indexAt(span.startMs);
  const last = slots.indexAt(span.startMs + span.durationMs);
  if (last - first > MOST_SLOTS) return [];
  return Array.from({ length: last - first }, (_, index): Ms => slots.startMs(first + 1 + index) / 1000);
};

const vertical = (x: number, more: Readonly<Record<string, string | number>>): string =>
  element('line', { x1: x, x2: x, y1: TOP, y2: BOTTOM, ...more });

const levels = (axes: Axes, ticks: readonly number[]): readonly string[] =>
  ticks.flatMap((ms) => [
    element('line', { x1: LEFT, x2: RIGHT, y1: axes.y(ms), y2: axes.y(ms), stroke: COLOURS.grid }),
    textAt(LEFT - 10, axes.y(ms) + 5, String(ms), { 'text-anchor': 'end', 'font-size': 14, fill: COLOURS.ink }),
  ]);

const times = (axes: Axes, startS: number, endS: number): readonly string[] => {
  const [unit, secondsPerUnit] = endS - startS > 7200 ? ['h', 3600] : endS - startS > 600 ? ['min', 60] : ['s', 1];
  const label = { 'text-anchor': 'middle', 'font-size': 14 };
  return [
    element('line', { x1: LEFT, x2: RIGHT, y1: BOTTOM, y2: BOTTOM, stroke: COLOURS.quiet }),
    ...timeTicks(startS, endS, 10).flatMap((at) => [
      element('line', { x1: axes.x(at), x2: axes.x(at), y1: BOTTOM, y2: BOTTOM + 6, stroke: COLOURS.quiet }),
      textAt(axes.x(at), BOTTOM + 24, String(Number((at / secondsPerUnit).toFixed(2))), {
        ...label,
        fill: COLOURS.ink,
      }),
    ]),
    textAt((LEFT + RIGHT) / 2, BOTTOM + 52, `time since the epoch, ${unit}`, { ...label, fill: COLOURS.quiet }),
  ];
};

/** At most two points a pixel: the minimum and the maximum of its steps. */
const lineOf = ({ rttMs, span, medium }: Plot, axes: Axes): string => {
  const count = Math.min(rttMs.length, RIGHT - LEFT);
  const columnS = (rttMs.length * span.stepMs) / 1000 / count;
  const commands: string[] = [];
  let isDrawing = false;
  for (const [column, { first, second }] of envelope(rttMs, count).entries()) {
    for (const ms of first === second ? [first] : [first, second]) {
      if (!Number.isNaN(ms)) {
        const x = axes.x(span.startMs / 1000 + column * columnS);
        commands.push(`${isDrawing ? 'L' : 'M'}${rounded(x)} ${rounded(axes.y(ms))}`);
      }
      isDrawing = !Number.isNaN(ms);
    }
  }
  return element('path', {
    id: medium,
    d: commands.length === 0 ? 'M0 0' : commands.join(''),
    fill: 'none',
    stroke: COLOURS.space,
    'stroke-width': 2,
    'stroke-linejoin': 'round',
    'stroke-linecap': 'round',
  });
};

const gapsOf = ({ rttMs, span }: Plot, axes: Axes): readonly string[] => {
  const gaps: string[] = [];
  let from = -1;
  for (let step = 0; step <= rttMs.length; step++) {
    const isGap = step < rttMs.length && Number.isNaN(rttMs[step]!);
    if (isGap && from === -1) from = step;
    if (isGap || from === -1) continue;
    const xAt = (at: number): number => Math.min(RIGHT, axes.x((span.startMs + at * span.stepMs) / 1000));
    const width = Math.max(1, xAt(step) - xAt(from));
    gaps.push(element('rect', { x: xAt(from), y: TOP, width, height: BOTTOM - TOP, fill: COLOURS.down }));
    from = -1;
  }
  return gaps;
};

const legend = (plot: Plot, shown: { readonly hasSlots: boolean; readonly isDown: boolean }): readonly string[] => {
  const entries = [
    ...(plot.medium === 'fibre' ? [] : [{ text: plot.medium, stroke: COLOURS.space, dash: undefined, width: 3 }]),
    { text: `fibre, ${plot.fibreMs.toFixed(1)} ms`, stroke: COLOURS.fibre, dash: undefined, width: 3 },
    ...(shown.hasSlots ? [{ text: 'slot boundary', stroke: COLOURS.quiet, dash: '2 4', width: 1 }] : []),
    ...(shown.isDown ? [{ text: 'no path', stroke: COLOURS.down, dash: undefined, width: 14 }] : []),
  ];
  let x = LEFT;
  return entries.flatMap(({ text, stroke, dash, width }) => {
    const at = x;
    x += 60 + text.length * 8;
    return [
      element('line', { x1: at, x2: at + 28, y1: 88, y2: 88, stroke, 'stroke-width': width, 'stroke-dasharray': dash }),
      textAt(at + 36, 93, text, { 'font-size': 14, fill: COLOURS.ink }),
    ];
  });
};
