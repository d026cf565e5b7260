import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { ninesOf, TAIL } from '../charts/tail.ts';
import { tInterval } from '../t-interval.ts';
import type { Contender } from './contender.ts';
import { type Figure, inTwoWidths } from './figure.ts';
import { axisX, axisY, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { digits, msText, tickText } from './quantities.ts';
import { colourClass, dashes, lineLegend, mark } from './series.ts';

interface TailPoint {
  readonly share: number;
  readonly ms: number;
  /** Over the seeds; null for one. */
  readonly ci95: readonly [number, number] | null;
}

interface TailCurve {
  readonly contender: Contender;
  readonly points: readonly TailPoint[];
}

/** The distribution of the time to first token, with the same place for each further nine. Null without data. */
export const tailFigure = (contenders: readonly Contender[]): Figure | null => {
  const curves = contenders
    .map((contender) => ({ contender, points: tailPoints(contender) }))
    .filter(({ points }) => points.length > 1);
  if (curves.length === 0) return null;
  const says = tailSays(curves);
  const { ttftMs: objectiveMs } = contenders[0]!.runs[0]!.conditions.slo;
  const seeds = Math.max(...contenders.map(({ runs }) => runs.length));
  return {
    id: 'tail',
    title: 'How long until the first token?',
    says,
    how:
      'A curve further left is better. The axis gives each further nine of requests the same place, so that the slow ones can be seen; ' +
      'a curve ends where fewer than one request is left, or where requests have no first token.' +
      (seeds > 1 ? ` Curves are means over ${seeds} seeds, shaded with their 95 % intervals.` : ''),
    legend: lineLegend(curves.map(({ contender }) => contender)),
    picture: inTwoWidths((width) => tailPicture(curves, { width, objectiveMs, says })),
    numbers: {
      caption: 'Time to first token in ms, by share of requests',
      head: ['policy', ...NAMED.map((share) => shareText(share))],
      rows: curves.map(({ contender, points }) => [
        contender.label,
        ...NAMED.map((share) => {
          const found = points.find((point) => Math.abs(point.share - share) < 1e-9);
          return found === undefined ? '-' : digits(found.ms);
        }),
      ]),
    },
  };
};

/** Shares that are places of `TAIL`: multiples of a fiftieth of a nine. */
const NAMED = [0, 0.9, 0.99, 0.999, 0.9999].map((share) => TAIL[Math.round(ninesOf(share) * 50)]!);

const shareText = (share: number): string => (share === 0 ? 'fastest' : `${Number((share * 100).toFixed(3))} %`);

const tailPoints = ({ charts }: Contender): readonly TailPoint[] =>
  TAIL.flatMap((share, place) => {
    const values = charts.map(({ ttft }) => ttft[place] ?? null);
    const known = values.filter((value) => value !== null);
    if (known.length === 0 || known.length < values.length) return [];
    const interval = tInterval(known)!;
    return [{ share, ms: interval.mean, ci95: interval.ci95 }];
  });

const tailSays = (curves: readonly TailCurve[]): string => {
  const share = [0.9999, 0.999, 0.99, 0.9].find((wanted) => curves.some(({ points }) => at(points, wanted) !== null));
  if (share === undefined) return 'There are too few first tokens for a tail.';
  const known = curves
    .flatMap(({ contender: { label }, points }) => {
      const ms = at(points, share);
      return ms === null ? [] : [{ label, ms }];
    })
    .sort((a, b) => a.ms - b.ms);
  const [best, worst] = [known[0]!, known.at(-1)!];
  const slowest = `All but the slowest ${Number(((1 - share) * 100).toFixed(3))} % of requests`;
  if (known.length === 1) return `${slowest} have their first token within ${msText(best.ms)} (${best.label}).`;
  return `${slowest} have their first token within ${msText(best.ms)} under ${best.label}, and within ${msText(worst.ms)} under ${worst.label}.`;
};

const at = (points: readonly TailPoint[], share: number): number | null =>
  points.find((point) => Math.abs(point.share - share) < 1e-9)?.ms ?? null;

const tailPicture = (
  curves: readonly TailCurve[],
  { width, objectiveMs, says }: { readonly width: number; readonly objectiveMs: number; readonly says: string },
): Markup => {
  const frame = frameOf(width, width > 500 ? 440 : 360, { left: 58 });
  const all = curves.flatMap(({ points }) => points.flatMap(({ ms, ci95 }) => [ms, ...(ci95 ?? [])]));
  const positive = all.filter((ms) => ms > 0);
  const [low, high] = [Math.min(...positive), Math.max(...positive, objectiveMs * 1.05)];
  const x = scaleLog([low * 0.95, high * 1.05], [frame.left, frame.right]);
  const most = Math.max(1, ...curves.map(({ points }) => ninesOf(points.at(-1)!.share)));
  const y = scaleLinear([0, most], [frame.bottom, frame.top]);
  const shape = line<TailPoint>(
    ({ ms }) => x(Math.max(ms, low)),
    ({ share }) => y(ninesOf(share)),
  ).digits(1);
  const band = area<TailPoint>()
    .y(({ share }) => y(ninesOf(share)))
    .x0(({ ci95, ms }) => x(Math.max(low * 0.95, ci95?.[0] ?? ms)))
    .x1(({ ci95, ms }) => x(Math.max(low, ci95?.[1] ?? ms)))
    .digits(1);
  return svgOf(frame, says, [
    axisX(
      frame,
      logTicks(low, high, width > 500 ? 12 : 6).map((ms) => ({ at: x(ms), text: tickText(ms) })),
      'time to first token, ms',
    ),
    axisY(
      frame,
      [0, 0.5, 0.9, 0.99, 0.999, 0.9999]
        .filter((share) => ninesOf(share) <= most + 1e-9)
        .map((share) => ({ at: y(ninesOf(share)), text: share === 0 ? '0 %' : shareText(share) })),
      'share of requests',
    ),
    html`<g class="objective"><path d="M${x(objectiveMs).toFixed(1)} ${frame.top}V${frame.bottom}"/><text x="${(x(objectiveMs) - 5).toFixed(1)}" y="${frame.bottom - 8}" text-anchor="end">objective</text></g>`,
    ...curves.map(({ contender: { index }, points }) => {
      const end = points.at(-1)!;
      const marked = points.filter((point) => point === end || NAMED.slice(1).includes(point.share));
      return html`<g class="${colourClass(index)} curve"><path class="band" d="${points[0]!.ci95 === null ? '' : band(points)}"/><path class="line" d="${shape(points)}" stroke-dasharray="${dashes(index) ?? 'none'}"/>${[
        ...marked,
        end,
      ].map(({ ms, share }) => mark(index, x(Math.max(ms, low)), y(ninesOf(share))))}</g>`;
    }),
  ]);
};

/** At 1, 2 and 5 times powers of ten; with less than that in sight, at round steps. */
const logTicks = (low: number, high: number, most: number): readonly number[] => {
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10)
    ticks.push(
      ...[1, 1.5, 2, 3, 5, 7].map((factor) => factor * power).filter((ms) => ms >= low * 0.95 && ms <= high * 1.05),
    );
  if (ticks.length <= most) return ticks;
  const coarse = ticks.filter((ms) => [1, 2, 5].includes(leading(ms)));
  return coarse.length <= most ? coarse : ticks.filter((ms) => leading(ms) === 1);
};

const leading = (value: number): number => Number((value / 10 ** Math.floor(Math.log10(value) + 1e-9)).toPrecision(3));
