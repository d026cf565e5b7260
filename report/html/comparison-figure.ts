import { scaleLinear } from 'd3-scale';
import { type Contender, meanOf } from './contender.ts';
import { type Figure, inTwoWidths } from './figure.ts';
import { axisX, fewerThan, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { cut, digits, percentText, tickText } from './quantities.ts';
import { seedDifference } from './seed-difference.ts';
import { colourClass } from './series.ts';

const METRICS = [
  { metric: 'ttft.p50', name: 'p50' },
  { metric: 'ttft.p95', name: 'p95' },
  { metric: 'ttft.p99', name: 'p99' },
] as const;

/** Policy against policy: the median, the p95 and the p99 of the time to first token, with intervals where there are repetitions. */
export const comparisonFigure = (contenders: readonly Contender[]): Figure | null => {
  if (contenders.length < 2) return null;
  const seeds = Math.max(...contenders.map(({ runs }) => runs.length));
  const says = comparisonSays(contenders);
  return {
    id: 'comparison',
    title: 'Policy against policy',
    says,
    how:
      'Left is better. A row is a policy; its marks are the median (circle), the p95 (square) and the p99 (triangle) of the time to first token. ' +
      (seeds > 1
        ? `Bars are 95 % intervals of the mean over ${seeds} seeds (Student’s t). They are of each policy for itself: the verdict compares seed by seed.`
        : 'There are no intervals: this is one seed.'),
    legend: null,
    picture: inTwoWidths((width) => comparisonPicture(contenders, width, says)),
    numbers: {
      caption: seeds > 1 ? 'Means over the seeds, with 95 % intervals' : 'Figures by policy',
      head: [
        'policy',
        'TTFT p50, ms',
        'TTFT p95, ms',
        'TTFT p99, ms',
        'goodput, requests/s',
        'objectives met',
        ...(seeds > 1 ? [`p99 above ${contenders[0]!.label} seed by seed, ms`] : []),
      ],
      rows: contenders.map((contender) => [
        contender.label,
        ...METRICS.map(({ metric }) => withInterval(contender, metric, digits)),
        withInterval(contender, 'goodput', (value) => value.toFixed(2)),
        withInterval(contender, 'attained', percentText),
        ...(seeds > 1 ? [differenceText(contenders[0]!, contender)] : []),
      ]),
    },
  };
};

const comparisonSays = (contenders: readonly Contender[]): string => {
  const known = contenders
    .flatMap((contender) => {
      const [p50, p99] = [meanOf(contender, 'ttft.p50'), meanOf(contender, 'ttft.p99')];
      return p50 === null || p99 === null ? [] : [{ label: contender.label, ratio: p99 / p50 }];
    })
    .sort((a, b) => a.ratio - b.ratio);
  const [steadiest, widest] = [known[0], known.at(-1)];
  if (steadiest === undefined || widest === undefined) return 'No policy has both a median and a p99.';
  if (steadiest === widest)
    return `Under ${steadiest.label} the p99 is ${steadiest.ratio.toFixed(1)} times the median.`;
  return (
    `The p99 is ${steadiest.ratio.toFixed(1)} times the median under ${steadiest.label}, the steadiest, ` +
    `and ${widest.ratio.toFixed(1)} times under ${widest.label}.`
  );
};

const differenceText = (first: Contender, contender: Contender): string => {
  const difference = first === contender ? null : seedDifference(first, contender, 'ttft.p99');
  if (difference?.mean == null) return '-';
  const { mean, ci95 } = difference;
  return ci95 === null ? digits(mean) : `${digits(mean)} (${digits(ci95[0])} to ${digits(ci95[1])})`;
};

const withInterval = ({ metrics }: Contender, metric: string, text: (value: number) => string): string => {
  const { mean, ci95 } = metrics[metric]!;
  if (mean === null) return 'censored';
  return ci95 === null ? text(mean) : `${text(mean)} (${text(ci95[0])} to ${text(ci95[1])})`;
};

const ROW = 44;

const comparisonPicture = (contenders: readonly Contender[], width: number, says: string): Markup => {
  const frame = frameOf(width, contenders.length * ROW + 62, { left: 12, top: 14, right: 16 });
  const all = contenders.flatMap(({ metrics }) =>
    METRICS.flatMap(({ metric }) => [metrics[metric]!.mean ?? 0, metrics[metric]!.ci95?.[1] ?? 0]),
  );
  const x = scaleLinear([0, Math.max(...all, 1) * 1.04], [frame.left, frame.right]);
  return svgOf(frame, says, [
    axisX(
      frame,
      x.ticks(fewerThan(frame.right - frame.left, 70)).map((ms) => ({ at: x(ms), text: tickText(ms) })),
      'time to first token, ms',
    ),
    ...contenders.map((contender, row) => {
      const y = frame.top + row * ROW + 30;
      const known = METRICS.flatMap(({ metric }, place) => {
        const { mean, ci95 } = contender.metrics[metric]!;
        return mean === null ? [] : [{ place, mean, ci95 }];
      });
      const at = known.map(({ mean }) => x(mean));
      return html`<g class="${colourClass(contender.index)}"><text class="row" x="${frame.left + 4}" y="${y - 12}">${cut(contender.label, width / 8)}</text><path class="spread" d="M${Math.min(...at, frame.right).toFixed(1)} ${y}H${Math.max(...at, frame.left).toFixed(1)}"/>${known.map(
        ({ place, mean, ci95 }) =>
          html`${ci95 === null ? null : html`<path class="interval" d="M${x(Math.max(0, ci95[0])).toFixed(1)} ${y - 5}v10m0 -5H${x(ci95[1]).toFixed(1)}m0 -5v10"/>`}${PLACES[place]!(x(mean), y)}`,
      )}</g>`;
    }),
  ]);
};

/** The marks of the three percentiles: the same for each policy. */
const PLACES: readonly ((x: number, y: number) => Markup)[] = [
  (x, y) => html`<circle class="mark" cx="${x.toFixed(1)}" cy="${y}" r="5"/>`,
  (x, y) => html`<rect class="mark" x="${(x - 4.5).toFixed(1)}" y="${y - 4.5}" width="9" height="9"/>`,
  (x, y) => html`<path class="mark" d="M${(x - 6).toFixed(1)} ${y + 5}l6 -11l6 11z"/>`,
];
