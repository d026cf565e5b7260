import { ConfigError } from '../../core/config/config-error.ts';

/** The load of a server at an instant. */
export interface LoadSample {
  readonly atS: number;
  readonly running: number;
  readonly waiting: number;
  /** Used share of the KV cache, 0 to 1. */
  readonly kvShare: number;
}

const COLUMNS = ['t', 'running', 'waiting', 'kv_cache_pct'] as const;

/** Parses CSV with the columns t (s), running, waiting and kv_cache_pct (%), in any order; other columns are ignored. */
export const parseLoadSeries = (text: string, file: string): readonly LoadSample[] => {
  const [header = '', ...lines] = text.split('\n');
  const names = header.trim().split(',');
  const at = COLUMNS.map((column) => names.indexOf(column));
  const missing = COLUMNS.find((_, index) => at[index] === -1);
  if (missing !== undefined) {
    throw new ConfigError('', `has no column ${missing}, expected ${COLUMNS.join(', ')}`, { file, line: 1, column: 1 });
  }
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const cells = line.trim().split(',');
    const [atS, running, waiting, kvPercent] = at.map((column, which) => {
      const value = Number(cells[column] ?? '');
      if (Number.isFinite(value) && cells[column] !== '') return value;
      const position = { file, line: index + 2, column: 1 };
      throw new ConfigError(COLUMNS[which]!, `is ${JSON.stringify(cells[column] ?? '')}, expected a number`, position);
    });
    return [{ atS: atS!, running: running!, waiting: waiting!, kvShare: kvPercent! / 100 }];
  });
};
