import { scaleLinear } from 'd3-scale';
import { area, stack } from 'd3-shape';
import { binSpan, type Timeline } from '../charts/charts-schema.ts';
import { timeTicks } from '../links/ticks.ts';
import type { Contender } from './contender.ts';
import { type Figure, NARROW, panelsOf } from './figure.ts';
import { axisX, axisY, fewerThan, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { clockText, listed, percentText } from './quantities.ts';
import { colourClass } from './series.ts';

type TimedContender = Contender & { readonly timeline: Timeline };

/** Where requests went over the run, a panel a policy. Null without data. */
export const shareFigure = (contenders: readonly TimedContender[]): Figure | null => {
  const [first] = contenders;
  if (first === undefined) return null;
  const endpoints = [...new Set(contenders.flatMap(({ timeline }) => timeline.endpoints))].sort(byName);
  const looks = looksOf(endpoints);
  const shareOf = (contender: Contender, endpoint: string): number | null =>
    contender.runs[0]!.figures.by.endpoint?.[endpoint]?.share ?? null;
  return {
    id: 'shares',
    title: 'Where did requests go?',
    says: `Over laser went ${listed(contenders.map(laserText))}.`,
    how:
      'Each panel adds up to all requests that were routed, by their last attempt. A node has one colour; its share over laser is striped, ' +
      'its share over fibre is plain.',
    legend: html`<ul class="legend">${endpoints.map((endpoint) => swatch(endpoint, looks.get(endpoint)!))}</ul>`,
    picture: panelsOf(
      contenders.map((contender) => ({ title: contender.label, picture: panel(contender, endpoints, looks) })),
    ),
    numbers: {
      caption: 'Share of requests by endpoint, after the warm-up',
      head: ['endpoint', ...contenders.map(({ label }) => label)],
      rows: endpoints
        .filter((endpoint) => endpoint !== '')
        .map((endpoint) => [
          endpoint,
          ...contenders.map((contender) => {
            const share = shareOf(contender, endpoint);
            return share === null ? '0.0 %' : percentText(share);
          }),
        ]),
    },
  };
};

/** The others come last. */
const byName = (a: string, b: string): number => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1);

const laserText = ({ label, runs }: Contender): string => {
  const of = runs.map(({ figures }) => figures.by.medium ?? {});
  const sum = (media: readonly string[]): number =>
    of.reduce((all, by) => all + media.reduce((more, medium) => more + (by[medium]?.requests ?? 0), 0), 0);
  const all = sum([...new Set(of.flatMap((by) => Object.keys(by)))]);
  return `${percentText(all === 0 ? 0 : sum(['laser']) / all, 0)} under ${label}`;
};

interface Look {
  /** The colour of its node. */
  readonly index: number;
  readonly isStriped: boolean;
}

const looksOf = (endpoints: readonly string[]): ReadonlyMap<string, Look> => {
  const nodeOf = (endpoint: string): string => endpoint.slice(0, endpoint.lastIndexOf('/'));
  const nodes = [...new Set(endpoints.map(nodeOf))];
  return new Map(
    endpoints.map((endpoint) => [
      endpoint,
      { index: nodes.indexOf(nodeOf(endpoint)), isStriped: endpoint.endsWith('/laser') },
    ]),
  );
};

const nameOf = (endpoint: string): string => (endpoint === '' ? 'all others' : endpoint);

const swatch = (endpoint: string, { index, isStriped }: Look): Markup =>
  html`<li class="${colourClass(index)}"><svg width="18" height="14" aria-hidden="true"><rect class="fill" width="18" height="14" rx="2"/>${
    isStriped ? html`<rect fill="url(#stripes)" width="18" height="14" rx="2"/>` : null
  }</svg>${nameOf(endpoint)}</li>`;

const panel = (
  { timeline, label, runs }: TimedContender,
  endpoints: readonly string[],
  looks: ReadonlyMap<string, Look>,
): Markup => {
  const { bins } = timeline;
  const [, untilS] = binSpan(timeline, bins.length - 1);
  const frame = frameOf(NARROW, 200, { left: 44, bottom: 46 });
  const x = scaleLinear([0, untilS], [frame.left, frame.right]);
  const y = scaleLinear([0, 1], [frame.bottom, frame.top]);
  const rows = bins.map(({ routed }) => {
    const all = routed.reduce((sum, count) => sum + count, 0);
    return new Map(timeline.endpoints.map((endpoint, place) => [endpoint, all === 0 ? 0 : routed[place]! / all]));
  });
  const layers = stack<ReadonlyMap<string, number>, string>()
    .keys(endpoints.filter((endpoint) => rows.some((row) => (row.get(endpoint) ?? 0) > 0)))
    .value((row, endpoint) => row.get(endpoint) ?? 0)(rows);
  // A bin reaches from its begin to its end: each has two points.
  const shape = area<readonly [number, number, number]>(
    ([at]) => x(at),
    ([, low]) => y(low),
    ([, , high]) => y(high),
  ).digits(1);
  const [busiest, share] = Object.entries(runs[0]!.figures.by.endpoint ?? {})
    .map(([endpoint, of]) => [endpoint, of.share] as const)
    .reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0] as const);
  const says = `Share of requests by endpoint over time under ${label}: most go to ${nameOf(busiest)}, ${percentText(share)}`;
  return svgOf(frame, says, [
    ...layers.map((layer) => {
      const { index, isStriped } = looks.get(layer.key)!;
      const d = shape(
        layer.flatMap(([low, high], bin) => [
          [binSpan(timeline, bin)[0], low, high] as const,
          [binSpan(timeline, bin)[1], low, high] as const,
        ]),
      );
      return html`<g class="${colourClass(index)}"><path class="fill" d="${d}"><title>${nameOf(layer.key)}</title></path>${
        isStriped ? html`<path fill="url(#stripes)" d="${d}"/>` : null
      }</g>`;
    }),
    axisX(
      frame,
      timeTicks(0, untilS, fewerThan(frame.right - frame.left, 62)).map((seconds) => ({
        at: x(seconds),
        text: clockText(seconds),
      })),
      'time of the run',
    ),
    axisY(
      frame,
      [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at: y(at), text: percentText(at, 0) })),
      'share of requests',
    ),
  ]);
};
