import { scaleLinear } from 'd3-scale';
import { metricNamed } from '../metric.ts';
import { parseBounds } from '../metric-bound.ts';
import type { CapacityStudy } from '../study/study-schema.ts';
import { curvePanel } from './curve-panel.ts';
import { type Figure, figureOf, inTwoWidths, panelsOf } from './figure.ts';
import { axisX, fewerThan, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { pageFrame } from './page-frame.ts';
import { cut, digits, listed, tickText } from './quantities.ts';
import { colourClass, lineLegend, mark } from './series.ts';

type Capacity = CapacityStudy['capacities'][number];

/** One HTML page about the loads at which policies keep to their objectives. */
export const capacityPage = (name: string, study: CapacityStudy): string => {
  const verdict = capacityVerdict(study);
  const figures = [...(study.capacities.length === 0 ? [] : [rangeFigure(study)]), trialFigure(study)];
  return pageFrame({
    title: `${verdict.headline} - Starlane capacity`,
    header: html`<h1>Starlane capacity: ${name}</h1><div class="verdict${study.partial ? ' invalid' : ''}"><div>
<span class="badge">${study.partial ? '✗ partial' : '✓ complete'}</span>
<h2>${verdict.headline}.</h2>
${verdict.sentences.map((sentence) => html`<p>${sentence}</p>`)}
</div></div>`,
    main: html`${figures.map(figureOf)}`,
  });
};

/** Which policy keeps the objectives at the highest load, and how sure that is. */
export const capacityVerdict = ({
  capacities,
  slo,
  repeat,
  partial,
}: CapacityStudy): { readonly headline: string; readonly sentences: readonly string[] } => {
  const ranked = capacities.filter(({ ratePerS }) => ratePerS !== null).toSorted((a, b) => b.ratePerS! - a.ratePerS!);
  const [best, second] = ranked;
  const none = capacities.filter(({ ratePerS }) => ratePerS === null).map(({ policy }) => policy);
  const isSure =
    best !== undefined &&
    second !== undefined &&
    best.sureFromPerS !== null &&
    second.sureToPerS !== null &&
    best.sureFromPerS >= second.sureToPerS;
  return {
    headline:
      best === undefined
        ? `No policy keeps ${slo.join(' and ')} at any load that was tried`
        : `${best.policy} keeps ${slo.join(' and ')} up to ${best.ratePerS} requests/s`,
    sentences: [
      ...(second === undefined
        ? []
        : [
            `${second.policy} follows with ${second.ratePerS} requests/s. ${isSure ? 'The order is sure: their ranges do not meet.' : 'Their ranges of uncertainty meet, so the order may be chance.'}`,
          ]),
      ...(none.length === 0 || best === undefined ? [] : [`${listed(none)}: at no load that was tried.`]),
      `By the mean of ${repeat} ${repeat === 1 ? 'seed' : 'seeds'} at each rate; more load is taken to be never better.`,
      ...(partial ? ['Partial: the search was stopped before all policies were done; the same command goes on.'] : []),
    ],
  };
};

const rangeFigure = ({ capacities, slo }: CapacityStudy): Figure => {
  const says = capacities
    .map(
      ({ policy, ratePerS, missedAtPerS }) =>
        `${policy}: kept at ${perS(ratePerS, 'none')}, missed at ${perS(missedAtPerS, 'none')}.`,
    )
    .join(' ');
  return {
    id: 'capacity',
    title: 'How much load is kept?',
    says,
    how:
      `The load up to which ${slo.join(' and ')} is kept. Full bar: surely kept to, the whole 95 % interval is within the objective. Pale bar: kept or missed by the mean alone. It ends where the objective is surely missed; ` +
      'without such a rate it ends at the last one that was tried. The mark is the highest rate that was kept.',
    legend: null,
    picture: inTwoWidths((width) => rangePicture(capacities, width, says)),
    numbers: {
      caption: 'Requests a second',
      head: ['policy', 'surely kept to', 'kept at', 'missed at', 'surely missed from'],
      rows: capacities.map(({ policy, ratePerS, missedAtPerS, sureFromPerS, sureToPerS }) => [
        policy,
        perS(sureFromPerS, '-'),
        perS(ratePerS, 'none'),
        perS(missedAtPerS, 'not found'),
        perS(sureToPerS, '-'),
      ]),
    },
  };
};

const perS = (rate: number | null, otherwise: string): string => (rate === null ? otherwise : String(rate));

const ROW = 42;

const rangePicture = (capacities: readonly Capacity[], width: number, says: string): Markup => {
  const frame = frameOf(width, capacities.length * ROW + 58, { left: 10, top: 8, right: 18 });
  const endOf = ({ sureToPerS, missedAtPerS, ratePerS }: Capacity): number =>
    sureToPerS ?? missedAtPerS ?? ratePerS ?? 0;
  const x = scaleLinear([0, Math.max(1, ...capacities.map(endOf)) * 1.05], [frame.left, frame.right]);
  const bar = (from: number, to: number, y: number, kind: string): Markup =>
    html`<rect class="${kind}" x="${x(from).toFixed(1)}" y="${y}" width="${Math.max(0, x(to) - x(from)).toFixed(1)}" height="14"/>`;
  return svgOf(frame, says, [
    axisX(
      frame,
      x.ticks(fewerThan(frame.right - frame.left, 70)).map((rate) => ({ at: x(rate), text: tickText(rate) })),
      'requests/s',
    ),
    ...capacities.map((capacity, row) => {
      const y = frame.top + row * ROW + 18;
      const sure = capacity.sureFromPerS ?? 0;
      return html`<g class="${colourClass(row)}"><text class="row" x="${frame.left + 2}" y="${y - 5}">${cut(capacity.policy, 44)}</text>${bar(0, sure, y, 'fill')}${bar(sure, endOf(capacity), y, 'band')}${capacity.ratePerS === null ? null : mark(row, x(capacity.ratePerS), y + 7, 60)}</g>`;
    }),
  ]);
};

/** What was measured at each rate that was tried. */
const trialFigure = ({ trials, slo }: CapacityStudy): Figure => {
  const policies = [...new Set(trials.map(({ policy }) => policy))];
  const values = [...new Set(trials.map(({ ratePerS }) => ratePerS))].sort((a, b) => a - b).map(String);
  const panels = parseBounds(slo.join(','), { place: 'slo' }).bounds.map(({ metric, most, text }) => {
    const factor = metric.unit === 'share' ? 100 : 1;
    const curves = policies.map((label, index) => ({
      label,
      index,
      points: trials
        .filter(({ policy }) => policy === label)
        .toSorted((a, b) => a.ratePerS - b.ratePerS)
        .map(({ ratePerS, metrics }) => {
          const { mean = null, ci95 = null } = metrics[metric.name] ?? {};
          return {
            at: String(ratePerS),
            mean: mean === null ? null : mean * factor,
            ci95: ci95 === null ? null : ([ci95[0] * factor, ci95[1] * factor] as const),
          };
        }),
    }));
    const unit = metric.unit === 'ms' ? 'ms' : metric.unit === 'share' ? '%' : 'requests/s';
    const told = curves.map(
      ({ label, points }) =>
        `${label} ${points.map(({ at, mean }) => `${mean === null ? 'not known' : digits(mean)} at ${at}`).join(', ')}`,
    );
    return {
      title: `${metric.title}, objective ${text}`,
      picture: curvePanel(curves, {
        says: `${metric.title} in ${unit} by requests/s: ${told.join('; ')}`,
        values,
        axes: ['requests/s', unit],
        limit: most.value * factor,
        most: metric.unit === 'share' ? 100 : null,
      }),
    };
  });
  return {
    id: 'trials',
    title: 'What happened at each rate?',
    says: `${trials.length} rates were tried.`,
    how: 'Means over the seeds with their 95 % intervals; dashed is the objective. A triangle at the top: in some run the percentile falls on requests without an answer.',
    legend: lineLegend(policies.map((label, index) => ({ label, index }))),
    picture: panelsOf(panels),
    numbers: {
      caption: 'Every rate that was tried',
      head: ['policy', 'requests/s', ...slo.map((text) => text.split(':')[0]!), 'kept'],
      rows: trials.map(({ policy, ratePerS, metrics, isMet }) => [
        policy,
        String(ratePerS),
        ...slo.map((text) => {
          const name = text.split(':')[0]!;
          const mean = metrics[name]?.mean ?? null;
          return mean === null ? 'censored' : valueText(name, mean);
        }),
        isMet ? 'yes' : 'no',
      ]),
    },
  };
};

const valueText = (name: string, mean: number): string =>
  metricNamed(name, 'slo').unit === 'share' ? `${(mean * 100).toFixed(1)} %` : digits(mean);
