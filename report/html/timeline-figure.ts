import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { SLOT_MS } from '../../netem/sky/path/time-grid.ts';
import { binSpan, type Timeline } from '../charts/charts-schema.ts';
import { timeTicks } from '../links/ticks.ts';
import type { Contender } from './contender.ts';
import { type Figure, NARROW, panelsOf } from './figure.ts';
import { axisX, axisY, type Frame, fewerThan, frameOf, svgOf } from './frame.ts';
import { html, type Markup } from './markup.ts';
import { clockText, digits, listed, msText, tickText } from './quantities.ts';
import { colourClass } from './series.ts';

type TimedContender = Contender & { readonly timeline: Timeline };

/** The time to first token over the run, a panel a policy. Null without data. */
export const timelineFigure = (contenders: readonly TimedContender[]): Figure | null => {
  const [first] = contenders;
  if (first === undefined) return null;
  const { stepS, faults, outages, handOvers } = first.timeline;
  const hasReloads = contenders.some(({ timeline }) => timeline.reloads.length > 0);
  const p95s = contenders.flatMap(({ timeline }) => timeline.bins.flatMap(({ p50, p95 }) => p95 ?? p50 ?? []));
  const highMs = Math.max(first.runs[0]!.conditions.slo.ttftMs, ...p95s) * 1.04;
  const step = stepS === 15 ? '15 s (as long as a slot of the constellation)' : clockText(stepS);
  return {
    id: 'timeline',
    title: 'How did it go over the run?',
    says: [
      worstText(contenders),
      faultText(faults),
      reloadText(contenders),
      outageText(outages),
      handOverText(handOvers),
    ]
      .filter((text) => text !== '')
      .join(' '),
    how:
      `For each ${step} by intended start: the line is the median time to first token, the shade above it ends at the p95. ` +
      'A triangle at the top: requests without a first token reach the p95. Dashed: the objective. Columns are faults, bars below them paths ' +
      'planned to be down for a second or more. ' +
      (hasReloads ? 'A line from top to bottom: the router went on with another configuration. ' : '') +
      'Dotted lines are the begins of slots, at which satellites are chosen anew; ticks at the bottom are hand-overs: planned delays that jump by a millisecond or more, and gaps of less than a second.' +
      (first.runs.length > 1 ? ` All of it under seed ${first.charts[0]!.seed}, the first.` : ''),
    legend: null,
    picture: panelsOf(contenders.map((contender) => ({ title: contender.label, picture: panel(contender, highMs) }))),
    numbers: {
      caption: 'Time to first token in ms over the run: median / p95',
      head: ['from', 'requests', ...contenders.map(({ label }) => label)],
      rows: first.timeline.bins.map(({ n }, bin) => [
        clockText(binSpan(first.timeline, bin)[0]),
        String(n),
        ...contenders.map(({ timeline: { bins } }) => {
          const { p50 = null, p95 = null } = bins[bin] ?? {};
          return `${p50 === null ? '-' : digits(p50)} / ${p95 === null ? '-' : digits(p95)}`;
        }),
      ]),
    },
  };
};

const worstText = (contenders: readonly TimedContender[]): string => {
  const all = contenders.flatMap(({ label, timeline }) =>
    timeline.bins.flatMap(({ p95 }, bin) =>
      p95 === null ? [] : [{ label, p95, fromS: binSpan(timeline, bin)[0], stepS: timeline.stepS }],
    ),
  );
  if (all.length === 0) return 'No stretch of the run has a p95.';
  const worst = all.reduce((a, b) => (b.p95 > a.p95 ? b : a));
  return `The worst ${clockText(worst.stepS)} had a p95 of ${msText(worst.p95)}: ${worst.label}, from ${clockText(worst.fromS)} on.`;
};

const faultText = (faults: Timeline['faults']): string => {
  if (faults.length === 0) return '';
  const told = faults.map(({ what, fromS, untilS }) =>
    untilS === null
      ? `${what} from ${clockText(fromS)} on`
      : `${what} from ${clockText(fromS)} to ${clockText(untilS)}`,
  );
  return `Faults: ${listed(told, 4)}.`;
};

const reloadText = (contenders: readonly TimedContender[]): string => {
  const told = contenders.flatMap(({ label, timeline }) =>
    timeline.reloads.map(
      ({ what, atS }) => `at ${clockText(atS)}${contenders.length === 1 ? '' : ` under ${label}`} ${what}`,
    ),
  );
  return told.length === 0 ? '' : `Configuration: ${listed(told, 4)}.`;
};

const outageText = (outages: Timeline['outages']): string => {
  if (outages.length === 0) return '';
  const paths = [...new Set(outages.map(({ path }) => path))];
  const seconds = outages.reduce((sum, { fromS, untilS }) => sum + untilS - fromS, 0);
  return `Paths were planned to be down for ${clockText(seconds)} in all: ${listed(paths, 4)}.`;
};

const handOverText = (handOvers: Timeline['handOvers']): string => {
  if (handOvers.length === 0) return 'No path was handed over.';
  const largest = handOvers.reduce((a, b) => (Math.abs(b.jumpMs) > Math.abs(a.jumpMs) ? b : a));
  return (
    `The largest hand-over moved the one-way delay of ${largest.path} by ${msText(Math.abs(largest.jumpMs))}, ` +
    `at ${clockText(largest.atS)}.`
  );
};

const panel = (contender: TimedContender, highMs: number): Markup => {
  const { timeline, runs, index, label } = contender;
  const { bins } = timeline;
  const frame = frameOf(NARROW, 230, { left: 44, bottom: 52 });
  const [, untilS] = binSpan(timeline, bins.length - 1);
  const x = scaleLinear([0, untilS], [frame.left, frame.right]);
  const y = scaleLinear([0, highMs], [frame.bottom, frame.top]);
  const middle = (bin: number): number => {
    const [fromS, toS] = binSpan(timeline, bin);
    return x((fromS + toS) / 2);
  };
  const { slo, warmUpMs } = runs[0]!.conditions;
  const medianLine = line<Timeline['bins'][number]>()
    .defined(({ p50 }) => p50 !== null)
    .x((_, bin) => middle(bin))
    .y(({ p50 }) => y(p50!))
    .digits(1);
  const tail = area<Timeline['bins'][number]>()
    .defined(({ p50 }) => p50 !== null)
    .x((_, bin) => middle(bin))
    .y0(({ p50 }) => y(p50!))
    .y1(({ p95 }) => (p95 === null ? frame.top : y(p95)))
    .digits(1);
  const p95s = bins.flatMap(({ p95 }) => p95 ?? []);
  const says =
    `Time to first token over ${clockText(untilS)} under ${label}` +
    (p95s.length === 0 ? '' : `: p95 from ${msText(Math.min(...p95s))} to ${msText(Math.max(...p95s))}`);
  return svgOf(frame, says, [
    warmUpMs > 0
      ? html`<path class="warm-up" d="M${frame.left} ${frame.top}H${x(Math.min(untilS, warmUpMs / 1000)).toFixed(1)}V${frame.bottom}H${frame.left}Z"/>`
      : null,
    ...faultColumns(timeline, x, frame),
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
      y.ticks(5).map((ms) => ({ at: y(ms), text: tickText(ms) })),
      'ms to first token',
    ),
    slotLines(timeline, untilS, x, frame),
    html`<path class="objective" d="M${frame.left} ${y(slo.ttftMs).toFixed(1)}H${frame.right}"/>`,
    html`<g class="${colourClass(index)}"><path class="shade" d="${tail(bins)}"/><path class="line" d="${medianLine(bins)}"/>${bins.map(
      ({ n, p95 }, bin) =>
        n > 0 && p95 === null
          ? html`<path class="mark lost" d="M${(middle(bin) - 4).toFixed(1)} ${frame.top + 7}l4 -7l4 7z"/>`
          : null,
    )}</g>`,
    ...handOverTicks(timeline, x, frame),
    ...reloadLines(timeline, x, frame),
  ]);
};

/** So many slots can be told apart in a panel. */
const MOST_SLOTS = 45;

const slotLines = ({ slotsFromS }: Timeline, untilS: number, x: Scale, { top, bottom }: Frame): Markup | null => {
  if (slotsFromS === null || (untilS - slotsFromS) / SLOT_S > MOST_SLOTS) return null;
  const starts = Array.from(
    { length: Math.max(0, Math.floor((untilS - slotsFromS) / SLOT_S) + 1) },
    (_, slot) => slotsFromS + slot * SLOT_S,
  );
  return html`<path class="slot" d="${starts.map((atS) => `M${x(atS).toFixed(1)} ${top}V${bottom}`).join('')}"/>`;
};

const SLOT_S = SLOT_MS / 1000;

type Scale = (value: number) => number;

/** At least so wide that it can be seen. */
const LEAST_PIXELS = 2;

const faultColumns = ({ faults, outages }: Timeline, x: Scale, frame: Frame): readonly Markup[] => {
  /** `untilS` null: to the end of the run. */
  const box = (
    fromS: number,
    untilS: number | null,
    top: number,
    height: number,
    kind: string,
    what: string,
  ): Markup => {
    const left = Math.min(x(Math.max(0, fromS)), frame.right - LEAST_PIXELS);
    const right = untilS === null ? frame.right : Math.min(frame.right, x(untilS));
    const width = Math.max(LEAST_PIXELS, right - left);
    return html`<rect class="${kind}" x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${height}"><title>${what}</title></rect>`;
  };
  return [
    ...faults.map(({ what, fromS, untilS }) => box(fromS, untilS, frame.top, frame.bottom - frame.top, 'fault', what)),
    ...outages.map(({ path, fromS, untilS }) => box(fromS, untilS, frame.bottom - 5, 5, 'outage', `${path} is down`)),
  ];
};

const reloadLines = ({ reloads }: Timeline, x: Scale, { top, bottom }: Frame): readonly Markup[] =>
  reloads.map(
    ({ what, atS }) =>
      html`<path class="reload" d="M${x(atS).toFixed(1)} ${top}V${bottom}"><title>${what}</title></path>`,
  );

const handOverTicks = ({ handOvers }: Timeline, x: Scale, { bottom }: Frame): readonly Markup[] => [
  html`<path class="hand-over" d="${handOvers.map(({ atS }) => `M${x(atS).toFixed(1)} ${bottom + 1}v5`).join('')}"/>`,
];
