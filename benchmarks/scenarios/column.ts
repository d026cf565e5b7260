import type { RunResult } from '../../report/summary-schema.ts';

type Figures = RunResult['figures'];

/** A figure of a run as a column of a table. */
export interface StudyColumn {
  readonly heading: string;
  /** Null where the run does not tell. */
  of(figures: Figures): number | null;
  readonly unit?: string;
  readonly digits: number;
}

const percent = (share: number | null | undefined): number | null =>
  share === null || share === undefined ? null : 100 * share;

/** Every column that a study may name, beside those of classes. To add one: a line here. */
const COLUMNS = {
  'ttft.p50': { heading: 'TTFT p50, ms', of: ({ ttftMs }) => ttftMs.p50, digits: 0 },
  'ttft.p99': { heading: 'TTFT p99, ms', of: ({ ttftMs }) => ttftMs.p99, digits: 0 },
  'e2e.p50': { heading: 'E2E p50, ms', of: ({ e2eMs }) => e2eMs.p50, digits: 0 },
  'e2e.p99': { heading: 'E2E p99, ms', of: ({ e2eMs }) => e2eMs.p99, digits: 0 },
  attained: { heading: 'met all objectives', of: ({ attainment }) => percent(attainment), unit: '%', digits: 1 },
  extra: {
    heading: 'attempts beyond the first',
    of: ({ extraAttempts, requests }) =>
      percent(Object.values(extraAttempts).reduce((sum, { begun }) => sum + begun, 0) / requests),
    unit: '%',
    digits: 1,
  },
  joules: { heading: 'J a token', of: ({ energy }) => energy?.overall.jPerOutputToken ?? null, digits: 3 },
  usd: { heading: 'USD a million tokens', of: ({ energy }) => energy?.overall.usdPerMillionTokens ?? null, digits: 3 },
  carbon: {
    heading: 'g CO2 a million tokens',
    of: ({ energy }) => energy?.overall.gCo2PerMillionTokens ?? null,
    digits: 1,
  },
  hot: { heading: 'too hot', of: ({ energy }) => percent(energy?.overall.throttledShare), unit: '%', digits: 1 },
} as const satisfies Record<string, StudyColumn>;

/** One of them, or `attained:` and a class of the load. */
export type ColumnName = keyof typeof COLUMNS | `attained:${string}`;

export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly (keyof typeof COLUMNS)[];

export const columnOf = (name: ColumnName): StudyColumn => {
  if (isColumn(name)) return COLUMNS[name];
  const loadClass = name.slice(OF_CLASS.length);
  return {
    heading: `${loadClass}: met all objectives`,
    of: ({ by }) => percent(by.class?.[loadClass]?.attainment),
    unit: '%',
    digits: 1,
  };
};

const isColumn = (name: string): name is keyof typeof COLUMNS => Object.hasOwn(COLUMNS, name);

const OF_CLASS = 'attained:';
