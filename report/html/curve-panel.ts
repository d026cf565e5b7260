import { scaleLinear, scalePoint } from 'd3-scale';
import { area, line } from 'd3-shape';
import { NARROW } from './figure.ts';
import { axisX, axisY, fewerThan, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { cut, tickText } from './quantities.ts';
import { colourClass, dashes, mark } from './series.ts';

/** One policy over what varies. */
export interface Curve {
  readonly label: string;
  /** The colour of its policy. */
  readonly index: number;
  readonly points: readonly CurvePoint[];
}

interface CurvePoint {
  /** The value that varies, as YAML. */
  readonly at: string;
  /** Null where the metric is not known in every run. */
  readonly mean: number | null;
  readonly ci95: readonly [number, number] | null;
}

/** Curves with their 95 % bands over the values of one key: numbers at their distance, other values beside each other. */
export const curvePanel = (
  curves: readonly Curve[],
  {
    says,
    values,
    axes,
    limit = null,
    most = null,
  }: {
    readonly says: string;
    /** All values of the key, in their order. */
    readonly values: readonly string[];
    readonly axes: readonly [x: string, y: string];
    /** Drawn as a dashed line. */
    readonly limit?: number | null;
    /** The largest value that there can be: intervals may reach beyond it. */
    readonly most?: number | null;
  },
): Markup => {
  const frame = frameOf(NARROW, 250, { left: 54 });
  const placeOf = placesOf(values, frame);
  const means = curves.flatMap(({ points }) => points.map(({ mean }) => mean ?? 0));
  const ends = curves.flatMap(({ points }) => points.map(({ ci95 }) => ci95?.[1] ?? 0));
  const high = Math.min(most ?? Number.POSITIVE_INFINITY, Math.max(...means, ...ends, limit ?? 0)) || 1;
  const y = scaleLinear([Math.min(0, ...means), high * 1.06], [frame.bottom, frame.top]);
  const within = (value: number): number => Math.min(frame.bottom, Math.max(frame.top, y(value)));
  const shape = line<CurvePoint>()
    .defined(({ mean }) => mean !== null)
    .x(({ at }) => placeOf.at(at))
    .y(({ mean }) => y(mean!))
    .digits(1);
  const band = area<CurvePoint>()
    .defined(({ ci95 }) => ci95 !== null)
    .x(({ at }) => placeOf.at(at))
    .y0(({ ci95 }) => within(ci95![0]))
    .y1(({ ci95 }) => within(ci95![1]))
    .digits(1);
  return svgOf(frame, says, [
    axisX(frame, placeOf.ticks, axes[0]),
    axisY(
      frame,
      y.ticks(5).map((value) => ({ at: y(value), text: tickText(value) })),
      axes[1],
    ),
    limit === null ? null : html`<path class="objective" d="M${frame.left} ${y(limit).toFixed(1)}H${frame.right}"/>`,
    ...curves.map(
      ({ index, points }) =>
        html`<g class="${colourClass(index)}"><path class="band" d="${band([...points]) ?? ''}"/><path class="line" d="${shape([...points]) ?? ''}" stroke-dasharray="${dashes(index) ?? 'none'}"/>${points.map(
          ({ at, mean }) =>
            mean === null
              ? html`<path class="mark lost" d="M${(placeOf.at(at) - 4).toFixed(1)} ${frame.top + 7}l4 -7l4 7z"/>`
              : mark(index, placeOf.at(at), y(mean), 34),
        )}</g>`,
    ),
  ]);
};

const placesOf = (values: readonly string[], frame: ReturnType<typeof frameOf>) => {
  const width = frame.right - frame.left;
  const numbers = values.map(Number);
  if (values.length > 1 && values.every((value) => value.trim() !== '') && numbers.every(Number.isFinite)) {
    const x = scaleLinear([Math.min(...numbers), Math.max(...numbers)], [frame.left + 8, frame.right - 8]);
    return {
      at: (value: string): number => x(Number(value)),
      ticks: x.ticks(fewerThan(width, 60)).map((value) => ({ at: x(value), text: tickText(value) })),
    };
  }
  const x = scalePoint([...values], [frame.left, frame.right]).padding(0.5);
  const room = Math.max(4, Math.floor(width / Math.max(1, values.length) / 7));
  return {
    at: (value: string): number => x(value) ?? frame.left,
    ticks: values.map((value) => ({ at: x(value)!, text: cut(value, room) })),
  };
};
