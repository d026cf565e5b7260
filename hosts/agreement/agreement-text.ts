import { type Column, textTable } from '../../report/text-table.ts';
import type { Agreement, DifferenceSpread, FigureAgreement, HostTiming } from './agreement.ts';
import { STAGES } from './stages.ts';

/** One policy on two hosts, for a terminal. */
export const agreementText = (agreement: Agreement): readonly string[] => {
  const { policy, hosts, figures, pairs, timing } = agreement;
  const [first, second] = hosts;
  return [
    `${policy}: ${second} against ${first}`,
    ...textTable(
      [left('ms'), right(first), right(second), right('difference'), right('may differ by'), left('')],
      figures.map(figureRow),
    ),
    '',
    ...sharesTable(agreement),
    '',
    `Request by request, ${pairs.same} at the same endpoint (${pairs.elsewhere} went elsewhere, ${pairs.unanswered} have no first token on one host):`,
    ...differenceTable(agreement),
    '',
    ...timing.map(timingLine),
    agreementVerdict(agreement),
    '',
  ];
};

/** The whole as one line. */
export const agreementVerdict = ({ policy, hosts, verdict, figures, notKnownBecause }: Agreement): string => {
  const [first, second] = hosts;
  if (verdict === 'not-known')
    return `${policy}: no verdict on ${second} against ${first}: ${notKnownBecause.join('; ')}`;
  const apart = figures.filter((figure) => figure.verdict === 'outside').map(({ name }) => name);
  if (verdict === 'outside')
    return `${policy}: ${second} does NOT agree with ${first}: ${apart.join(' and ')} further apart than allowed`;
  return `${policy}: ${second} agrees with ${first}: TTFT p50 within 2 ms or 2 %, p99 within 5 %`;
};

const figureRow = ({ name, first, second, mostMs, verdict }: FigureAgreement): readonly string[] => [
  name,
  numberText(first),
  numberText(second),
  first === null || second === null ? '-' : signed(second - first),
  mostMs === null ? '' : mostMs.toFixed(1),
  verdict === 'shown' ? '' : WORDS[verdict],
];

const WORDS = { within: 'within', outside: 'OUTSIDE', 'not-known': 'not known' } as const;

const sharesTable = ({ shares, hosts: [first, second] }: Agreement): readonly string[] =>
  textTable(
    [left('endpoint'), right(first), right(second)],
    Object.entries(shares).map(([name, of]) => [name, ...of.map((share) => `${(share * 100).toFixed(1)} %`)]),
  );

const differenceTable = ({ pairs: { ttftMs, stagesMs } }: Agreement): readonly string[] => {
  if (ttftMs === null) return ['  none to compare'];
  const row = (title: string, of: DifferenceSpread): readonly string[] => [
    title,
    ...[of.mean, of.p10, of.p50, of.p90].map(signed),
  ];
  return textTable(
    [left('difference, ms'), right('mean'), right('p10'), right('p50'), right('p90')],
    [
      row('TTFT', ttftMs),
      ...(stagesMs === null ? [] : STAGES.map(({ name, title }) => row(`  ${title}`, stagesMs[name]))),
    ],
  );
};

const timingLine = ({ host, lag, links, steps }: HostTiming): string => {
  const of = (what: string, errors: { readonly p50: number; readonly p99: number } | null): string =>
    errors === null ? `${what} not measured` : `${what} ${errors.p50.toFixed(1)} / ${errors.p99.toFixed(1)}`;
  return `Timing errors that ${host} measured, p50 / p99 in ms: ${[
    of('generator lag', lag),
    of('round trips of probes, realised minus planned', links),
    of(`ends of steps${steps === null ? '' : `, latest at ${steps.node},`}`, steps),
  ].join('; ')}.`;
};

const numberText = (value: number | null): string => (value === null ? '-' : value.toFixed(1));
const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(1)}`;
const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });
