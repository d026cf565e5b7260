import { metricNamed } from '../metric.ts';
import { barPanel } from './bar-panel.ts';
import { type Contender, meanOf } from './contender.ts';
import { type Figure, panelsOf } from './figure.ts';
import type { Markup } from './markup.ts';
import { digits, listed, msText, percentText } from './quantities.ts';

interface Part {
  readonly metric: string;
  readonly title: string;
}

/** From the load to the last token. */
const PARTS: readonly Part[] = [
  { metric: 'ttft.p99', title: 'First token after the intended start, p99' },
  { metric: 'ttft-from-send.p99', title: 'First token after it was sent, p99' },
  { metric: 'queue.p99', title: 'Queueing at the node, p99' },
  { metric: 'e2e.p99', title: 'Last token after the intended start, p99' },
  { metric: 'e2e-from-send.p99', title: 'Last token after it was sent, p99' },
  { metric: 'tpot.p50', title: 'Time per token after the first, median' },
  { metric: 'itl.p99', title: 'Gap between messages, p99' },
  { metric: 'itl.p999', title: 'Gap between messages, p99.9' },
  { metric: 'stalls', title: 'Answers with a stall' },
];

/** Response and service time apart, and what is known of the way from the first token to the last. */
export const answerFigure = (contenders: readonly Contender[]): Figure => {
  const known = PARTS.filter(({ metric }) => contenders.some((contender) => meanOf(contender, metric) !== null));
  const drawn = known.filter(({ metric }) => isWorthBars(contenders, metric));
  const { stallMs } = contenders[0]!.runs[0]!.conditions.slo;
  const hasGaps = contenders.some(({ runs }) => runs.some(({ figures }) => figures.itlMs !== null));
  return {
    id: 'answers',
    title: 'What does an answer take?',
    says: [responseSays(contenders), stallSays(contenders)].filter((text) => text !== '').join(' '),
    how:
      'From the intended start is the response time: what users wait, also for a load that left late. From send is the service time: what the system took. Queueing is from arrival at a node to its first batch. ' +
      (hasGaps
        ? `A gap is the time between two messages of an answer, a stall a gap above ${stallMs === undefined ? 'the objective' : msText(stallMs)}. `
        : 'Nobody logged the gaps between messages. ') +
      'Shorter is better.',
    legend: null,
    picture: panelsOf(drawn.map((part) => ({ title: part.title, picture: bars(contenders, part) }))),
    numbers: {
      caption: 'Means over the seeds, in ms',
      head: ['policy', ...known.map(({ title }) => title)],
      rows: contenders.map((contender) => [
        contender.label,
        ...known.map(({ metric }) => valueText(metric, meanOf(contender, metric))),
      ]),
    },
  };
};

/** Bars that say the same as others, or nothing, are left to the table. */
const isWorthBars = (contenders: readonly Contender[], metric: string): boolean => {
  if (metric.includes('-from-send')) return lateness(contenders) >= LEAST_LATENESS;
  return contenders.some((contender) => meanOf(contender, metric) !== 0);
};

/** By what share waiting to be sent makes the p99 of answers longer, under the policy where it does so most. */
const lateness = (contenders: readonly Contender[]): number =>
  Math.max(
    0,
    ...contenders.flatMap((contender) => {
      const [response, service] = [meanOf(contender, 'e2e.p99'), meanOf(contender, 'e2e-from-send.p99')];
      return response === null || service === null || service === 0 ? [] : [response / service - 1];
    }),
  );

const LEAST_LATENESS = 0.01;

const valueText = (metric: string, value: number | null): string => {
  if (value === null) return 'not known';
  return metricNamed(metric, 'report').unit === 'share' ? percentText(value) : digits(value);
};

const responseSays = (contenders: readonly Contender[]): string =>
  lateness(contenders) < LEAST_LATENESS
    ? 'Response and service times differ by less than 1 %: the load left on time.'
    : `Waiting to be sent makes the p99 of answers up to ${percentText(lateness(contenders))} longer than the service took.`;

const stallSays = (contenders: readonly Contender[]): string => {
  const known = contenders.flatMap((contender) => {
    const share = meanOf(contender, 'stalls');
    return share === null ? [] : [`${percentText(share, 2)} under ${contender.label}`];
  });
  if (known.length > 0 && contenders.every((contender) => meanOf(contender, 'stalls') === 0))
    return 'No answer had a stall.';
  return known.length === 0 ? '' : `Answers with a stall: ${listed(known)}.`;
};

/** Gaps are never censored: without a value nobody logged them. */
const isOfGaps = (metric: string): boolean => metric === 'stalls' || metric.startsWith('itl.');

const bars = (contenders: readonly Contender[], { metric, title }: Part): Markup => {
  const isShare = metricNamed(metric, 'report').unit === 'share';
  return barPanel(
    contenders.map((contender) => ({
      label: contender.label,
      index: contender.index,
      value: meanOf(contender, metric),
    })),
    {
      title,
      text: isShare ? (value) => percentText(value, 2) : msText,
      missing: isOfGaps(metric) ? 'not known' : 'censored',
    },
  );
};
