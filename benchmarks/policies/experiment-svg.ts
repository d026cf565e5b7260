import { COLOURS } from '../../report/links/colours.ts';
import { element, svgDocument, textAt } from '../../report/links/svg.ts';
import { roundTicks } from '../../report/links/ticks.ts';
import type { Experiment, Point, Points } from './experiment.ts';

/** The picture of an experiment: a line for each policy, with its name at its end. Values above `shown.most`, and infinite ones, are at the top. */
export const experimentSvg = ({ name, question, policies, varied, shown }: Experiment, points: Points): string => {
  const { values } = varied;
  const finite = points.all.map(shown.of).filter(Number.isFinite);
  const top = Math.min(shown.most ?? Number.POSITIVE_INFINITY, Math.max(...finite, 1e-9) * 1.05);
  const x = (value: number): number => LEFT + (values.indexOf(value) / Math.max(1, values.length - 1)) * (RIGHT - LEFT);
  const y = (value: number): number => BOTTOM - (Math.min(value, top) / top) * (BOTTOM - TOP);
  const heights = spread(policies.map((policy) => y(shown.of(points.at(policy, values.at(-1)!)))));
  return svgDocument(WIDTH, HEIGHT, `${name}: ${shown.label}`, [
    textAt(LEFT - 60, 30, question, { 'font-size': 15, 'font-weight': 600, fill: COLOURS.ink }),
    textAt(LEFT - 60, 52, shown.label, { 'font-size': 13, fill: COLOURS.quiet }),
    ...roundTicks(0, top, 5).flatMap((tick) => [
      element('path', { d: `M${LEFT} ${y(tick)}H${RIGHT}`, stroke: COLOURS.grid }),
      textAt(LEFT - 10, y(tick) + 4, String(tick), { 'font-size': 12, 'text-anchor': 'end', fill: COLOURS.quiet }),
    ]),
    ...values.map((value) =>
      textAt(x(value), BOTTOM + 20, String(value), { 'font-size': 12, 'text-anchor': 'middle', fill: COLOURS.quiet }),
    ),
    textAt((LEFT + RIGHT) / 2, BOTTOM + 42, varied.label, {
      'font-size': 13,
      'text-anchor': 'middle',
      fill: COLOURS.quiet,
    }),
    ...policies.flatMap((policy, index) => {
      const colour = HUES[index % HUES.length]!;
      const at = values.map((value): Point => points.at(policy, value));
      const d = at.map(
        (point, step) => `${step === 0 ? 'M' : 'L'}${x(point.x).toFixed(1)} ${y(shown.of(point)).toFixed(1)}`,
      );
      return [
        element('path', { d: d.join(''), fill: 'none', stroke: colour, 'stroke-width': 2 }),
        ...at.map((point) => element('circle', { cx: x(point.x), cy: y(shown.of(point)), r: 3, fill: colour })),
        element('path', { d: `M${RIGHT} ${y(shown.of(at.at(-1)!))}L${RIGHT + 14} ${heights[index]}`, stroke: colour }),
        textAt(RIGHT + 18, heights[index]! + 4, policy, { 'font-size': 13, fill: colour }),
      ];
    }),
  ]);
};

/** Heights near those of the ends of lines, so that names do not cover each other. */
const spread = (heights: readonly number[]): readonly number[] => {
  const order = heights.map((_, index) => index).sort((a, b) => heights[a]! - heights[b]!);
  const placed: number[] = [];
  let above = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    above = Math.max(heights[index]!, above + NAME_HEIGHT);
    placed[index] = above;
  }
  const over = Math.max(0, above - (BOTTOM + 4));
  return placed.map((height) => height - over * (order.length > 1 ? 1 : 0));
};

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, NAME_HEIGHT] = [900, 420, 80, 720, 70, 350, 17];

/** Okabe and Ito's colours, which colour-blind people can tell apart, and black. */
const HUES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000', '#7a5195', '#8a8d0f'];
