import { scaleLinear } from 'd3-scale';
import { type GroupingName, groupings } from '../group/registry.ts';
import type { GroupFigures } from '../summary-schema.ts';
import { type Contender, meanOf } from './contender.ts';
import { type Figure, NARROW, panelsOf } from './figure.ts';
import { axisX, fewerThan, frameOf, svgOf } from './frame.ts';
import { groupMean, groupsOf } from './group-means.ts';
import { html, type Markup } from './markup.ts';
import { cut, digits, msText, percentText, tickText } from './quantities.ts';
import { colourClass, lineLegend, mark } from './series.ts';

/** In the order of the page; phases of slots have a chart of their own, and endpoints are nodes and media. */
const SHOWN: readonly GroupingName[] = ['class', 'region', 'router', 'provider', 'medium', 'node', 'attempts'];

/** Rows of a panel, and of a grouping in the table: those with the slowest p95. */
const MOST_ROWS = 10;
const MOST_IN_TABLE = 24;

const p50 = ({ ttftMs }: GroupFigures): number | null => ttftMs.p50;
const p95 = ({ ttftMs }: GroupFigures): number | null => ttftMs.p95;

/** Which requests wait longest: a panel a grouping that has several groups. Null where there is none. */
export const groupFigure = (contenders: readonly Contender[]): Figure | null => {
  const shown = SHOWN.map((name) => ({ name, groups: groupsOf(contenders, name) })).filter(
    ({ groups }) => groups.length > 1,
  );
  if (shown.length === 0) return null;
  return {
    id: 'groups',
    title: 'Who waits longest?',
    says: shown.flatMap(({ name, groups }) => groupSays(contenders, name, groups)).join(' '),
    how:
      'Time to first token by groups of requests: a line reaches from the median, with its mark, to the p95. A dashed line has no p95: more than one of 20 got no first token. ' +
      `Regions are where users are; providers, nodes and media are those of the last attempt.${
        shown.some(({ groups }) => groups.length > MOST_ROWS)
          ? ` Of many groups the ${MOST_ROWS} slowest are drawn.`
          : ''
      }`,
    legend: lineLegend(contenders),
    picture: panelsOf(
      shown.map(({ name, groups }) => ({
        title: `By ${groupings[name].title}`,
        picture: panel(contenders, name, slowest(contenders, name, groups, MOST_ROWS)),
      })),
    ),
    numbers: {
      caption: 'Figures by group, in ms',
      head: ['group', 'requests', 'TTFT p50', 'p95', 'p99', 'E2E p99', 'TPOT p50', 'objectives met', 'with a stall'],
      rows: [...shown, { name: 'endpoint' as const, groups: groupsOf(contenders, 'endpoint') }].flatMap(
        ({ name, groups }) =>
          slowest(contenders, name, groups, MOST_IN_TABLE).flatMap((group) =>
            contenders.map((contender) => rowOf(contender, name, group)),
          ),
      ),
    },
  };
};

const rowOf = (contender: Contender, name: GroupingName, group: string): readonly string[] => {
  const of = (read: (figures: GroupFigures) => number | null, text = digits): string => {
    const value = groupMean(contender, name, group, read);
    return value === null ? '-' : text(value);
  };
  return [
    `${groupings[name].title} ${group}, ${contender.label}`,
    of(({ requests }) => requests, String),
    of(p50),
    of(p95),
    of(({ ttftMs }) => ttftMs.p99),
    of(({ e2eMs }) => e2eMs.p99),
    of(({ tpotMs }) => tpotMs.p50),
    of(({ attainment }) => attainment, percentText),
    of(({ stalled }) => stalled, percentText),
  ];
};

/** The groups with the largest p95 under any policy, in their usual order. */
const slowest = (
  contenders: readonly Contender[],
  name: GroupingName,
  groups: readonly string[],
  most: number,
): readonly string[] => {
  if (groups.length <= most) return groups;
  const largest = new Map(
    groups.map((group) => [
      group,
      Math.max(...contenders.map((contender) => groupMean(contender, name, group, p95) ?? 0)),
    ]),
  );
  const kept = new Set(groups.toSorted((a, b) => largest.get(b)! - largest.get(a)!).slice(0, most));
  return groups.filter((group) => kept.has(group));
};

/** Said of the fastest policy that is no reference: the groups in which requests wait longest and shortest. */
const groupSays = (
  contenders: readonly Contender[],
  name: GroupingName,
  groups: readonly string[],
): readonly string[] => {
  if (name !== 'class' && name !== 'region' && name !== 'provider') return [];
  const contender = fastest(contenders);
  const known = groups
    .flatMap((group) => {
      const ms = groupMean(contender, name, group, p95);
      return ms === null ? [] : [{ group, ms }];
    })
    .sort((a, b) => a.ms - b.ms);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  return [
    `By ${groupings[name].title}, the p95 under ${contender.label} goes from ${msText(first.ms)} (${first.group}) to ${msText(last.ms)} (${last.group}).`,
  ];
};

const fastest = (contenders: readonly Contender[]): Contender => {
  const tailOf = (contender: Contender): number =>
    contender.isReference ? Number.POSITIVE_INFINITY : (meanOf(contender, 'ttft.p99') ?? Number.MAX_VALUE);
  return contenders.reduce((a, b) => (tailOf(b) < tailOf(a) ? b : a));
};

const LINE = 11;
const HEAD = 22;

const panel = (contenders: readonly Contender[], name: GroupingName, groups: readonly string[]): Markup => {
  const row = HEAD + contenders.length * LINE;
  const frame = frameOf(NARROW, groups.length * row + 56, { left: 6, top: 4, right: 14 });
  const ends = groups.flatMap((group) =>
    contenders.map(
      (contender) => groupMean(contender, name, group, p95) ?? groupMean(contender, name, group, p50) ?? 0,
    ),
  );
  const x = scaleLinear([0, Math.max(1, ...ends) * 1.03], [frame.left, frame.right]);
  const says = `Time to first token by ${groupings[name].title}: ${groups
    .map((group) => {
      const told = contenders.map((contender) => {
        const ms = groupMean(contender, name, group, p95);
        return `${contender.label} ${ms === null ? 'without a p95' : `p95 ${msText(ms)}`}`;
      });
      return `${group}: ${told.join(', ')}`;
    })
    .join('; ')}`;
  return svgOf(frame, says, [
    axisX(
      frame,
      x.ticks(fewerThan(frame.right - frame.left, 70)).map((ms) => ({ at: x(ms), text: tickText(ms) })),
      'ms to first token',
    ),
    ...groups.map((group, place) => {
      const top = frame.top + place * row;
      return html`<text class="row" x="${frame.left + 2}" y="${top + 13}">${cut(group, 44)}</text>${contenders.map(
        (contender, line) => {
          const [from, to] = [groupMean(contender, name, group, p50), groupMean(contender, name, group, p95)];
          if (groupMean(contender, name, group, ({ requests }) => requests) === null) return null;
          const y = top + HEAD + line * LINE;
          const end = to === null ? html` stroke-dasharray="3 3"` : null;
          return html`<g class="${colourClass(contender.index)}"><path class="spread"${end} d="M${x(from ?? 0).toFixed(1)} ${y}H${(to === null ? frame.right : x(to)).toFixed(1)}"/>${from === null ? null : mark(contender.index, x(from), y, 34)}</g>`;
        },
      )}`;
    }),
  ]);
};
