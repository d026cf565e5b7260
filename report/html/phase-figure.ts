import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { groupings } from '../group/registry.ts';
import type { Contender } from './contender.ts';
import { type Figure, inTwoWidths } from './figure.ts';
import { axisX, axisY, frameOf, svgOf } from './frame.ts';
import { groupMean } from './group-means.ts';
import { html, type Markup } from './markup.ts';
import { digits, listed, msText, tickText } from './quantities.ts';
import { colourClass, dashes, lineLegend, mark } from './series.ts';

const PHASES = groupings['slot-phase'].order!;

/** So many requests a phase, in the mean, are the least that a p95 is drawn of. */
const LEAST_REQUESTS = 20;

interface Phases {
  readonly contender: Contender;
  /** By phase; null where it is not known. */
  readonly p95: readonly (number | null)[];
}

/** The p95 of the time to first token by the time since the last slot began. Null for runs that are too short. */
export const phaseFigure = (contenders: readonly Contender[]): Figure | null => {
  const measured = contenders
    .filter(
      ({ runs }) =>
        PHASES.reduce((sum, phase) => sum + (runs[0]!.figures.by['slot-phase']?.[phase]?.requests ?? 0), 0) >=
        LEAST_REQUESTS * PHASES.length,
    )
    .map(
      (contender): Phases => ({
        contender,
        p95: PHASES.map((phase) => groupMean(contender, 'slot-phase', phase, ({ ttftMs }) => ttftMs.p95)),
      }),
    );
  if (measured.length === 0) return null;
  const says = phaseSays(measured);
  return {
    id: 'phases',
    title: 'Does the time within a slot matter?',
    says,
    how:
      'The constellation chooses satellites anew each 15 s, so paths jump at the begin of a slot. The p95 of the time to first token by how long after that a request was meant to start: ' +
      'a high first or last second shows what it costs to begin beside a hand-over; a flat line has no such cost.',
    legend: lineLegend(measured.map(({ contender }) => contender)),
    picture: inTwoWidths((width) => phasePicture(measured, width, says)),
    numbers: {
      caption: 'p95 of the time to first token in ms, by seconds after the begin of a slot',
      head: ['policy', ...PHASES],
      rows: measured.map(({ contender, p95 }) => [
        contender.label,
        ...p95.map((ms) => (ms === null ? '-' : digits(ms))),
      ]),
    },
  };
};

const phaseSays = (measured: readonly Phases[]): string => {
  const worst = measured.flatMap(({ contender: { label }, p95 }) => {
    const known = p95.flatMap((ms, phase) => (ms === null ? [] : [{ ms, phase }])).sort((a, b) => a.ms - b.ms);
    const last = known.at(-1);
    return last === undefined ? [] : [{ label, ...last, middleMs: known[Math.floor(known.length / 2)]!.ms }];
  });
  return [...Map.groupBy(worst, ({ phase }) => phase)]
    .map(([phase, of]) => {
      const figures = of.map(
        ({ label, ms, middleMs }) => `${msText(ms)} under ${label} (median phase ${msText(middleMs)})`,
      );
      return `The p95 is highest ${phase} to ${phase + 1} s after the begin of a slot: ${listed(figures)}.`;
    })
    .join(' ');
};

const phasePicture = (measured: readonly Phases[], width: number, says: string): Markup => {
  const frame = frameOf(width, width > 500 ? 300 : 260, { left: 58 });
  const high = Math.max(1, ...measured.flatMap(({ p95 }) => p95.map((ms) => ms ?? 0)));
  const x = scaleLinear([0, PHASES.length], [frame.left, frame.right]);
  const y = scaleLinear([0, high * 1.06], [frame.bottom, frame.top]);
  const middle = (phase: number): number => x(phase + 0.5);
  const shape = line<number | null>()
    .defined((ms) => ms !== null)
    .x((_, phase) => middle(phase))
    .y((ms) => y(ms!))
    .digits(1);
  return svgOf(frame, says, [
    axisX(
      frame,
      [0, 3, 6, 9, 12, 15].map((second) => ({ at: x(second), text: `${second} s` })),
      'after the begin of a slot',
    ),
    axisY(
      frame,
      y.ticks(5).map((ms) => ({ at: y(ms), text: tickText(ms) })),
      'p95, ms to first token',
    ),
    ...measured.map(
      ({ contender: { index }, p95 }) =>
        html`<g class="${colourClass(index)}"><path class="line" d="${shape([...p95])}" stroke-dasharray="${dashes(index) ?? 'none'}"/>${p95.map(
          (ms, phase) => (ms === null ? null : mark(index, middle(phase), y(ms), 30)),
        )}</g>`,
    ),
  ]);
};
