import { isBound } from '../../router/pick/registry.ts';
import { weakMark } from '../least-samples.ts';
import { type Metric, metricNamed } from '../metric.ts';
import type { Sweep } from '../study/study-schema.ts';
import { type Curve, curvePanel } from './curve-panel.ts';
import { type Figure, figureOf, panelsOf } from './figure.ts';
import { html, type Markup } from './markup.ts';
import { pageFrame } from './page-frame.ts';
import { digits, listed, percentText } from './quantities.ts';
import { lineLegend } from './series.ts';

/** In the order of the page. What no run knows is left out. */
const SHOWN = ['ttft.p50', 'ttft.p99', 'e2e.p99', 'tpot.p50', 'goodput', 'attained', 'answered', 'stalls'] as const;

/** So many combinations of the other keys are drawn for each key; the table has all. */
const MOST_COMBINATIONS = 4;

/** What is drawn only where it is something else somewhere. */
const USUAL: Readonly<Record<string, number>> = { answered: 1, stalls: 0 };

type Row = Sweep['rows'][number];

/** One HTML page about a sweep: each metric over each key that varies, a line a policy. */
export const sweepPage = (name: string, sweep: Sweep): string => {
  const { rows } = sweep;
  const keys = Object.keys(rows[0]!.values).filter((key) => key !== 'policy');
  const policies = [...new Set(rows.map(({ policy }) => policy))];
  const verdict = sweepVerdict(sweep);
  const figures =
    keys.length === 0
      ? []
      : keys.map((key) => keyFigure(rows, { key, others: keys.filter((one) => one !== key), policies }));
  return pageFrame({
    title: `${verdict.headline} - Starlane sweep`,
    header: html`<h1>Starlane sweep: ${name}</h1><div class="verdict${verdict.isValid ? '' : ' invalid'}"><div>
<span class="badge">${verdict.isValid ? '✓ valid' : '✗ not valid'}</span>
<h2>${verdict.headline}.</h2>
${verdict.sentences.map((sentence) => html`<p>${sentence}</p>`)}
</div></div>`,
    main: html`${figures.map(figureOf)}${tableSection(rows, keys)}`,
  });
};

/** What a sweep says first: the policy that is fastest in the tail at most points, and where it is not. */
export const sweepVerdict = (
  sweep: Sweep,
): { readonly headline: string; readonly sentences: readonly string[]; readonly isValid: boolean } => {
  const { rows, partial, points, done } = sweep;
  const invalid = rows.filter(({ valid }) => !valid);
  const wins = pointsOf(rows).flatMap((of) => {
    const known = of
      .filter(({ policy }) => !isBound(policy))
      .flatMap((row) => {
        const mean = row.repetitions.metrics['ttft.p99']?.mean ?? null;
        return mean === null ? [] : [{ policy: row.policy, mean, row }];
      })
      .sort((a, b) => a.mean - b.mean);
    return known.length < 2 ? [] : [known[0]!];
  });
  const byPolicy = [...Map.groupBy(wins, ({ policy }) => policy)].sort(([, a], [, b]) => b.length - a.length);
  const [best] = byPolicy;
  const headline =
    best === undefined
      ? `${done} points were simulated`
      : `${best[0]} has the lowest p99 TTFT at ${best[1].length} of ${wins.length} points`;
  return {
    headline: invalid.length > 0 ? `Not valid at ${invalid.length} of ${rows.length} rows. ${headline}` : headline,
    sentences: [
      ...byPolicy.slice(1).map(
        ([policy, of]) =>
          `${policy} has it at ${listed(
            of.map(({ row }) => pointText(row)),
            4,
          )}.`,
      ),
      ...(partial ? [`Partial: ${done} of ${points} points; the same command goes on from there.`] : []),
      'Order alone is no proof: bands that overlap may differ by chance, and sensitivity or compare tell seed by seed.',
    ],
    isValid: invalid.length === 0,
  };
};

const pointText = ({ values }: Row): string =>
  Object.entries(values)
    .filter(([key]) => key !== 'policy')
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');

/** The rows of each point: all its policies. */
const pointsOf = (rows: readonly Row[]): readonly (readonly Row[])[] => [...Map.groupBy(rows, pointText).values()];

const keyFigure = (
  rows: readonly Row[],
  {
    key,
    others,
    policies,
  }: { readonly key: string; readonly others: readonly string[]; readonly policies: readonly string[] },
): Figure => {
  const values = [...new Set(rows.map((row) => row.values[key]!))];
  const combinations = [
    ...Map.groupBy(rows, (row) => others.map((other) => `${other} ${row.values[other]}`).join(', ')),
  ];
  const drawn = spread(combinations, MOST_COMBINATIONS);
  const metrics = SHOWN.map((name) => metricNamed(name, 'report')).filter(({ name }) =>
    rows.some(({ repetitions }) => (repetitions.metrics[name]?.mean ?? USUAL[name] ?? null) !== (USUAL[name] ?? null)),
  );
  const panels = metrics.flatMap((metric) =>
    drawn.map(([combination, of]) => {
      const title = `${metric.title}${combination === '' ? '' : ` at ${combination}`}`;
      const curves = curvesOf(of, { key, metric, policies });
      const says = `${title} over ${key}: ${curves.map((curve) => curveText(curve, metric)).join('; ')}`;
      return {
        title,
        picture: curvePanel(curves, {
          says,
          values,
          axes: [key, unitText(metric)],
          most: metric.unit === 'share' ? 100 : null,
        }),
      };
    }),
  );
  const seeds = Math.max(...rows.map(({ repetitions }) => repetitions.seeds.length));
  return {
    id: `over-${[...key].map((letter) => (/[a-zA-Z0-9]/.test(letter) ? letter : '-')).join('')}`,
    title: `Over ${key}`,
    says: `${values.length} values, from ${values[0]} to ${values.at(-1)}, under ${listed(policies)}.`,
    how:
      `Lines are means over ${seeds} ${seeds === 1 ? 'seed: there are no bands' : 'seeds, shades their 95 % intervals (Student’s t)'}. A triangle at the top: in some run the percentile falls on requests without an answer.` +
      (drawn.length < combinations.length
        ? ` Of ${combinations.length} combinations of the other keys ${drawn.length} are drawn.`
        : ''),
    legend: lineLegend(policies.map((label, index) => ({ label, index }))),
    picture: panelsOf(panels),
    numbers: null,
  };
};

/** The first, the last, and some between. */
const spread = <Item>(items: readonly Item[], most: number): readonly Item[] =>
  items.length <= most
    ? items
    : Array.from({ length: most }, (_, place) => items[Math.round((place * (items.length - 1)) / (most - 1))]!);

const unitText = ({ unit }: Metric): string => ({ ms: 'ms', share: '%', 'per-s': 'requests/s' })[unit];

/** Shares are drawn in percent. */
const factorOf = ({ unit }: Metric): number => (unit === 'share' ? 100 : 1);

const curvesOf = (
  rows: readonly Row[],
  { key, metric, policies }: { readonly key: string; readonly metric: Metric; readonly policies: readonly string[] },
): readonly Curve[] =>
  policies.map((label, index) => ({
    label,
    index,
    points: rows
      .filter(({ policy }) => policy === label)
      .map(({ values, repetitions }) => {
        const { mean = null, ci95 = null } = repetitions.metrics[metric.name] ?? {};
        const factor = factorOf(metric);
        return {
          at: values[key]!,
          mean: mean === null ? null : mean * factor,
          ci95: ci95 === null ? null : ([ci95[0] * factor, ci95[1] * factor] as const),
        };
      }),
  }));

const curveText = ({ label, points }: Curve, metric: Metric): string =>
  `${label} ${points.map(({ at, mean }) => `${mean === null ? 'not known' : digits(mean)} at ${at}`).join(', ')} ${unitText(metric)}`;

const tableSection = (rows: readonly Row[], keys: readonly string[]): Markup => {
  const metrics = SHOWN.map((name) => metricNamed(name, 'report'));
  const cell = ({ repetitions }: Row, metric: Metric): string => {
    const { mean, ci95, missing } = repetitions.metrics[metric.name] ?? { mean: null, ci95: null, missing: 0 };
    if (mean === null) return missing > 0 ? 'censored' : '-';
    const text = (value: number): string => (metric.unit === 'share' ? percentText(value) : digits(value));
    return `${text(mean)}${ci95 === null ? '' : ` ±${text(ci95[1] - mean)}`}${weakMark(metric.name, repetitions.fewestFirstTokens)}`;
  };
  const isAllValid = rows.every(({ valid }) => valid);
  const [first = 'policy', ...rest] = [...keys, 'policy'];
  return html`<section class="plain" aria-labelledby="points"><h2 id="points">Every point</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Each metric at each point"><table>
<thead><tr><th scope="col">${first}</th>${rest.map((key) => html`<th scope="col">${key}</th>`)}${metrics.map(({ title }) => html`<th scope="col">${title}</th>`)}${isAllValid ? null : html`<th scope="col">valid</th>`}</tr></thead>
<tbody>${rows.map((row) => {
    const [name, ...others] = [...keys.map((key) => row.values[key]!), row.policy];
    return html`<tr><th scope="row">${name!}</th>${others.map((value) => html`<td>${value}</td>`)}${metrics.map((metric) => html`<td>${cell(row, metric)}</td>`)}${isAllValid ? null : html`<td>${row.valid ? 'yes' : 'no'}</td>`}</tr>\n`;
  })}</tbody></table></div>
<p class="how">Times are in ms, goodput is requests a second. Means over the seeds ± their 95 % intervals. *: a run has fewer first tokens than the percentile needs (MLPerf: 131 for p95, 662 for p99).</p></section>`;
};
