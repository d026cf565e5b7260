import { scaleLinear } from 'd3-scale';
import { mean } from '../../core/stats/quantile.ts';
import type { Regret, RunFigures } from '../summary-schema.ts';
import { tInterval } from '../t-interval.ts';
import type { Contender } from './contender.ts';
import { type Figure, inTwoWidths } from './figure.ts';
import { axisX, fewerThan, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { cut, digits, listed, msText, percentText, tickText } from './quantities.ts';
import { colourClass } from './series.ts';

/** What a policy lost against one bound. */
interface Loss {
  readonly contender: Contender;
  readonly bound: string;
  readonly mean: Estimate;
  readonly p50: Estimate;
  readonly p99: Estimate;
  readonly soonerShare: number | null;
}

interface Estimate {
  /** Null where it falls on requests without a first token. */
  readonly ms: number | null;
  readonly ci95: readonly [number, number] | null;
}

/** What a bound is on: the first token, or the last one. */
interface Bounded {
  readonly id: string;
  readonly title: string;
  /** What comes. */
  readonly token: string;
  /** What a figure of it is. */
  readonly time: string;
  readonly of: (figures: RunFigures) => Readonly<Record<string, Regret>>;
}

const FIRST: Bounded = {
  id: 'regret',
  title: 'How far from what is possible?',
  token: 'a first token',
  time: 'the time to first token',
  of: ({ regret }) => regret,
};

const LAST: Bounded = {
  id: 'regret-e2e',
  title: 'How far from what is possible, to the last token?',
  token: 'a last token',
  time: 'the time to the last token',
  of: ({ regretE2e }) => regretE2e,
};

/** Each policy against the bounds on TTFT that ran beside it, request by request. Null without one. */
export const regretFigure = (contenders: readonly Contender[]): Figure | null => figureOf(contenders, FIRST);

/** The same of E2E. */
export const regretE2eFigure = (contenders: readonly Contender[]): Figure | null => figureOf(contenders, LAST);

const figureOf = (contenders: readonly Contender[], bounded: Bounded): Figure | null => {
  const losses = lossesOf(contenders, bounded);
  if (losses.length === 0) return null;
  const seeds = Math.max(...losses.map(({ contender }) => contender.runs.length));
  const says = regretSays(losses, bounded);
  return {
    id: bounded.id,
    title: bounded.title,
    says,
    how:
      `Regret: ${bounded.time} minus that of a bound for the same request. Left is better. Marks are the median (circle), the mean (square) and the p99 (triangle). ` +
      (seeds > 1
        ? `Bars are 95 % intervals over ${seeds} seeds (Student’s t).`
        : 'Bars are 95 % intervals of this one run, by blocks of time; a short run has none.') +
      ' A bound is no policy that a router could run: it knows what no router can know, and is never called best. Single requests may be sooner than under it, where it gives way for the good of others.',
    legend: null,
    picture: inTwoWidths((width) => regretPicture(losses, width, says)),
    numbers: {
      caption: 'Regret in ms, with 95 % intervals where they are known',
      head: ['policy and bound', 'mean', 'p50', 'p99', 'requests sooner than the bound'],
      rows: losses.map((loss) => [
        `${loss.contender.label}, against ${loss.bound}`,
        ...[loss.mean, loss.p50, loss.p99].map(estimateText),
        loss.soonerShare === null ? '-' : percentText(loss.soonerShare),
      ]),
    },
  };
};

const estimateText = ({ ms, ci95 }: Estimate): string => {
  if (ms === null) return 'censored';
  return ci95 === null ? digits(ms) : `${digits(ms)} (${digits(ci95[0])} to ${digits(ci95[1])})`;
};

const lossesOf = (contenders: readonly Contender[], bounded: Bounded): readonly Loss[] =>
  contenders.flatMap((contender) => {
    const regrets = contender.runs.map(({ figures }) => bounded.of(figures));
    return Object.keys(regrets[0]!).map((bound): Loss => {
      const of = regrets.flatMap((regret) => regret[bound] ?? []);
      const shares = of.flatMap(({ soonerShare }) => soonerShare ?? []);
      return {
        contender,
        bound,
        mean: estimateOf(
          of,
          (regret) => regret.mean,
          ({ meanCi95 }) => meanCi95,
        ),
        p50: estimateOf(
          of,
          (regret) => regret.p50,
          ({ ci95 }) => ci95?.p50 ?? null,
        ),
        p99: estimateOf(
          of,
          (regret) => regret.p99,
          ({ ci95 }) => ci95?.p99 ?? null,
        ),
        soonerShare: shares.length === 0 ? null : mean(shares),
      };
    });
  });

/** Of one run its own interval, of several that over the seeds. */
const estimateOf = (
  of: readonly Regret[],
  read: (regret: Regret) => number | null,
  within: (regret: Regret) => readonly [number, number] | null,
): Estimate => {
  const known = of.map(read).filter((value) => value !== null);
  if (known.length < of.length) return { ms: null, ci95: null };
  if (of.length === 1) return { ms: known[0]!, ci95: within(of[0]!) };
  const interval = tInterval(known);
  return { ms: interval?.mean ?? null, ci95: interval?.ci95 ?? null };
};

const regretSays = (losses: readonly Loss[], { token }: Bounded): string =>
  [...Map.groupBy(losses, ({ bound }) => bound)]
    .map(([bound, of]) => {
      const known = of.flatMap(({ contender, mean: { ms } }) => (ms === null ? [] : [{ label: contender.label, ms }]));
      const told = known.sort((a, b) => a.ms - b.ms).map(({ label, ms }) => `${msText(ms)} under ${label}`);
      const beaten = known.filter(({ ms }) => ms < 0).map(({ label }) => label);
      return (
        (told.length === 0
          ? `Against ${bound} no policy has a mean: each lost requests.`
          : `Against ${bound}, ${token} comes later by ${listed(told)} in the mean.`) +
        (beaten.length === 0 ? '' : ` ${listed(beaten)} beat ${bound}, so it is no bound here.`)
      );
    })
    .join(' ');

const ROW = 46;

const regretPicture = (losses: readonly Loss[], width: number, says: string): Markup => {
  const frame = frameOf(width, losses.length * ROW + 62, { left: 12, top: 14, right: 16 });
  const all = losses.flatMap((loss) =>
    [loss.mean, loss.p50, loss.p99].flatMap(({ ms, ci95 }) => [ms ?? 0, ...(ci95 ?? [])]),
  );
  const x = scaleLinear([Math.min(0, ...all), Math.max(1, ...all) * 1.04], [frame.left + 6, frame.right]);
  return svgOf(frame, says, [
    axisX(
      frame,
      x.ticks(fewerThan(frame.right - frame.left, 70)).map((ms) => ({ at: x(ms), text: tickText(ms) })),
      'later than the bound, ms',
    ),
    html`<path class="zero" d="M${x(0).toFixed(1)} ${frame.top}V${frame.bottom}"/>`,
    ...losses.map((loss, row) => {
      const y = frame.top + row * ROW + 31;
      const marks = [loss.p50, loss.mean, loss.p99].map(({ ms, ci95 }, place) =>
        ms === null
          ? null
          : html`${ci95 === null ? null : html`<path class="interval" d="M${x(ci95[0]).toFixed(1)} ${y - 5}v10m0 -5H${x(ci95[1]).toFixed(1)}m0 -5v10"/>`}${MARKS[place]!(x(ms), y)}`,
      );
      const ends = [loss.p50, loss.mean, loss.p99].flatMap(({ ms }) => (ms === null ? [] : [x(ms)]));
      const spread =
        ends.length < 2
          ? null
          : html`<path class="spread" d="M${Math.min(...ends).toFixed(1)} ${y}H${Math.max(...ends).toFixed(1)}"/>`;
      return html`<g class="${colourClass(loss.contender.index)}"><text class="row" x="${frame.left + 12}" y="${y - 13}">${cut(`${loss.contender.label}, against ${loss.bound}`, width / 8)}</text>${spread}${marks}</g>`;
    }),
  ]);
};

const MARKS: readonly ((x: number, y: number) => Markup)[] = [
  (x, y) => html`<circle class="mark" cx="${x.toFixed(1)}" cy="${y}" r="5"/>`,
  (x, y) => html`<rect class="mark" x="${(x - 4.5).toFixed(1)}" y="${y - 4.5}" width="9" height="9"/>`,
  (x, y) => html`<path class="mark" d="M${(x - 6).toFixed(1)} ${y + 5}l6 -11l6 11z"/>`,
];
