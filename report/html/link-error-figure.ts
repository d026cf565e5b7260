import { scaleLinear } from 'd3-scale';
import type { ProbeErrors } from '../summary-schema.ts';
import type { Contender } from './contender.ts';
import { type Figure, inTwoWidths } from './figure.ts';
import { axisX, fewerThan, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { cut, digits, signedMs, tickText } from './quantities.ts';
import { colourClass, lineLegend, mark } from './series.ts';

interface PathErrors {
  readonly path: string;
  readonly of: readonly { readonly contender: Contender; readonly errors: ProbeErrors }[];
}

/** Round trips of probes, realised minus planned, by path. Null for simulations, which play their links exactly. */
export const linkErrorFigure = (contenders: readonly Contender[]): Figure | null => {
  const byPath = errorsByPath(contenders);
  if (byPath.length === 0) return null;
  const shown = byPath.slice(0, MOST_PATHS);
  const says = linkErrorSays(byPath);
  return {
    id: 'link-errors',
    title: 'Did the network behave as planned?',
    says,
    how:
      'Round trips of small probes that crossed each path beside the load: realised minus planned, so 0 is perfect. A bar reaches from the median, with its ' +
      'mark, to the p99. Grey is the jitter that the plan allows. Errors far above it are of this machine, and not of the network that was asked for.' +
      (shown.length < byPath.length ? ` Of ${byPath.length} paths, those with the largest p99 are shown.` : ''),
    legend: lineLegend(contenders),
    picture: inTwoWidths((width) => linkErrorPicture(shown, width, says)),
    numbers: {
      caption: 'Realised minus planned round trip in ms: p50 / p99 (probes)',
      head: ['path', ...contenders.map(({ label }) => label)],
      rows: byPath.map(({ path, of }) => [
        path,
        ...contenders.map((contender) => {
          const errors = of.find((one) => one.contender === contender)?.errors;
          if (errors === undefined) return '-';
          return `${numberOf(errors.p50)} / ${numberOf(errors.p99)} (${errors.n})`;
        }),
      ]),
    },
  };
};

const MOST_PATHS = 20;

const numberOf = (ms: number | null): string => (ms === null ? '-' : digits(ms));

const errorsByPath = (contenders: readonly Contender[]): readonly PathErrors[] => {
  const paths = [...new Set(contenders.flatMap(({ runs }) => Object.keys(runs[0]!.figures.probeErrorMsByPath)))];
  const largest = ({ of }: PathErrors): number => Math.max(...of.map(({ errors }) => errors.p99 ?? errors.max ?? 0));
  return paths
    .map((path) => ({
      path,
      of: contenders.flatMap((contender) => {
        const errors = contender.runs[0]!.figures.probeErrorMsByPath[path];
        return errors === undefined || errors.n === 0 ? [] : [{ contender, errors }];
      }),
    }))
    .filter(({ of }) => of.length > 0)
    .sort((a, b) => largest(b) - largest(a));
};

const linkErrorSays = (byPath: readonly PathErrors[]): string => {
  const all = byPath.flatMap(({ path, of }) =>
    of.flatMap(({ contender: { label }, errors: { p50, p99 } }) =>
      p50 === null || p99 === null ? [] : [{ path, label, p50, p99 }],
    ),
  );
  if (all.length === 0) return 'Too few probes came back.';
  const worst = all.reduce((a, b) => (b.p99 > a.p99 ? b : a));
  const medians = all.map(({ p50 }) => p50);
  return (
    `Median errors lie between ${signedMs(Math.min(...medians))} and ${signedMs(Math.max(...medians))}. ` +
    `The largest p99 is ${signedMs(worst.p99)}: ${worst.path} under ${worst.label}.`
  );
};

const linkErrorPicture = (byPath: readonly PathErrors[], width: number, says: string): Markup => {
  const rowOf = ({ of }: PathErrors): number => 24 + of.length * 11;
  const height = byPath.reduce((sum, path) => sum + rowOf(path), 0) + 62;
  const frame = frameOf(width, height, { left: 12, top: 10, right: 16 });
  const ends = byPath.flatMap(({ of }) =>
    of.flatMap(({ errors: { p50, p99, jitterMs } }) => [p50 ?? 0, p99 ?? 0, jitterMs, -jitterMs]),
  );
  const x = scaleLinear([Math.min(0, ...ends), Math.max(0.1, ...ends)], [frame.left + 6, frame.right - 6]).nice();
  let top = frame.top;
  return svgOf(frame, says, [
    axisX(
      frame,
      x.ticks(fewerThan(frame.right - frame.left, 80)).map((ms) => ({ at: x(ms), text: tickText(ms) })),
      'realised minus planned round trip, ms',
    ),
    html`<path class="zero" d="M${x(0).toFixed(1)} ${frame.top}V${frame.bottom}"/>`,
    ...byPath.map((path) => {
      const begin = top;
      top += rowOf(path);
      const jitterMs = Math.max(...path.of.map(({ errors }) => errors.jitterMs));
      return html`<rect class="jitter" x="${x(-jitterMs).toFixed(1)}" y="${begin + 18}" width="${(x(jitterMs) - x(-jitterMs)).toFixed(1)}" height="${path.of.length * 11}"/><text class="row" x="${frame.left + 4}" y="${begin + 14}">${cut(path.path, width / 8)}</text>${path.of.map(
        ({ contender: { index }, errors: { p50, p99 } }, place) => {
          if (p50 === null) return null;
          const y = begin + 24 + place * 11;
          return html`<g class="${colourClass(index)}"><path class="spread" d="M${x(p50).toFixed(1)} ${y}H${x(p99 ?? p50).toFixed(1)}"/>${mark(index, x(p50), y, 34)}</g>`;
        },
      )}`;
    }),
  ]);
};
