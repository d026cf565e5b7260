import type { GroupFigures, RunResult } from '../../report/summary-schema.ts';

type Figures = RunResult['figures'];

/** A figure of a run as a column of a table. */
export interface StudyColumn {
  /** What it is, without its unit. */
  readonly what: string;
  /** Null where the run does not tell. */
  of(figures: Figures): number | null;
  readonly unit: string;
  readonly digits: number;
}

const percent = (share: number | null | undefined): number | null =>
  share === null || share === undefined ? null : 100 * share;

const shareOf = (part: number, { requests }: Figures): number | null =>
  requests === 0 ? null : (100 * part) / requests;

/** Every column that a study may name. To add one: a line here. */
export const COLUMNS = {
  'ttft.p50': { what: 'TTFT p50', of: ({ ttftMs }) => ttftMs.p50, unit: 'ms', digits: 0 },
  'ttft.p99': { what: 'TTFT p99', of: ({ ttftMs }) => ttftMs.p99, unit: 'ms', digits: 0 },
  'itl.p99': { what: 'ITL p99', of: ({ itlMs }) => itlMs?.p99 ?? null, unit: 'ms', digits: 0 },
  'e2e.p50': { what: 'E2E p50', of: ({ e2eMs }) => e2eMs.p50, unit: 'ms', digits: 0 },
  'e2e.p99': { what: 'E2E p99', of: ({ e2eMs }) => e2eMs.p99, unit: 'ms', digits: 0 },
  attained: { what: 'attainment', of: ({ attainment }) => percent(attainment), unit: '%', digits: 1 },
  stalled: { what: 'share stalled', of: ({ stalled }) => percent(stalled), unit: '%', digits: 2 },
  unanswered: {
    what: 'share not answered',
    of: (figures) => shareOf(figures.requests - figures.answered, figures),
    unit: '%',
    digits: 2,
  },
  retried: { what: 'share retried', of: (figures) => shareOf(figures.retried, figures), unit: '%', digits: 2 },
  joules: { what: 'J a token', of: ({ energy }) => energy?.overall.jPerOutputToken ?? null, unit: '', digits: 3 },
  usd: {
    what: 'USD a million tokens',
    of: ({ energy }) => energy?.overall.usdPerMillionTokens ?? null,
    unit: '',
    digits: 3,
  },
  carbon: {
    what: 'g CO2 a million tokens',
    of: ({ energy }) => energy?.overall.gCo2PerMillionTokens ?? null,
    unit: '',
    digits: 1,
  },
  hot: { what: 'time too hot', of: ({ energy }) => percent(energy?.overall.throttledShare), unit: '%', digits: 1 },
  capped: { what: 'time at a cap', of: ({ energy }) => percent(energy?.overall.cappedShare), unit: '%', digits: 1 },
} as const satisfies Record<string, StudyColumn>;

const GROUP_FIGURES = {
  'ttft.p50': { what: 'TTFT p50', of: ({ ttftMs }) => ttftMs.p50, unit: 'ms', digits: 0 },
  'ttft.p99': { what: 'TTFT p99', of: ({ ttftMs }) => ttftMs.p99, unit: 'ms', digits: 0 },
  attained: { what: 'attainment', of: ({ attainment }) => percent(attainment), unit: '%', digits: 1 },
  share: { what: 'share of requests', of: ({ share }) => 100 * share, unit: '%', digits: 1 },
} as const satisfies Record<string, Omit<StudyColumn, 'of'> & { of(group: GroupFigures): number | null }>;

const GROUPED = /^(\S+) of (region|medium|node|provider|class|slot-phase) (.+)$/;

/** The group that a column is of: `region` and `lagos` of `ttft.p99 of region lagos`; null for a column of all requests. */
export const groupOf = (name: string): { readonly grouping: string; readonly group: string } | null => {
  const [, , grouping, group] = GROUPED.exec(name) ?? [];
  return grouping === undefined || group === undefined ? null : { grouping, group };
};

/** The column of a name: one of `COLUMNS`, or such as `ttft.p99 of region lagos`; null where there is none. */
export const columnOf = (name: string): StudyColumn | null => {
  if (Object.hasOwn(COLUMNS, name)) return COLUMNS[name as keyof typeof COLUMNS];
  const [, figure = '', grouping, group = ''] = GROUPED.exec(name) ?? [];
  if (!Object.hasOwn(GROUP_FIGURES, figure)) return null;
  const { what, of, unit, digits } = GROUP_FIGURES[figure as keyof typeof GROUP_FIGURES];
  return {
    what: `${what}, ${group}`,
    of: ({ by }) => {
      const found = by[grouping as keyof typeof by]?.[group];
      if (found !== undefined) return of(found);
      return figure === 'share' ? 0 : null;
    },
    unit,
    digits,
  };
};

/** What a column is, with its unit where that is no percent sign, which its figures have. */
export const headingOf = ({ what, unit }: StudyColumn): string => (unit === 'ms' ? `${what}, ${unit}` : what);
