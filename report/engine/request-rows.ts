import { z } from 'zod';
import { ConfigError } from '../../core/config/config-error.ts';
import { mistakeOf } from '../../core/config/expectation.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { PrefixPart } from '../../workload/prefix.ts';

/** A request of a file, and how a real server served it, if the file has that. */
export interface RequestRow {
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Since the first arrival of the file. */
  readonly arrivedMs: Ms;
  readonly prefix: readonly PrefixPart[];
  readonly measured: Measured | null;
}

/** Instants on the server's clock, in milliseconds. If arrivals use the same clock, they count from the first arrival. */
export interface Measured {
  readonly queuedMs: Ms | null;
  readonly firstTokenMs: Ms;
  readonly lastTokenMs: Ms;
}

const tokens = z.int().min(0).max(1e9);
/** Seconds. No real clock is further from its zero, and in milliseconds it still fits a number. */
const seconds = z.number().min(-1e12).max(1e12);
const instant = seconds.nullish();

/** One line. Other keys are ignored. The second name of a key is the one that another tool uses. */
const rowSchema = z.object({
  input_toks: tokens.optional(),
  prompt_tokens: tokens.optional(),
  output_toks: tokens.optional(),
  output_tokens: tokens.optional(),
  arrival_time: seconds.optional(),
  arrival_time_ns: z.number().min(-1e21).max(1e21).optional(),
  queued_ts: instant,
  first_token_ts: instant,
  last_token_ts: instant,
  input_tok_ids: z.array(z.int()).nullish(),
});

type Row = z.output<typeof rowSchema>;

/**
 * Requests as JSON lines, in any order: `input_toks`, `output_toks` and `arrival_time` in seconds of any clock. If the run
 * was measured, also `queued_ts`, `first_token_ts` and `last_token_ts` in seconds. Throws `ConfigError` with file and line.
 */
export const parseRequests = (text: string, file: string): readonly RequestRow[] => {
  const rows = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [rowOf(line, { file, line: index + 1, column: 1 })];
  });
  if (rows.length === 0) throw new ConfigError('', `${file} holds no request, expected one JSON object a line`);
  const first = rows.reduce((least, { arrivedMs }) => Math.min(least, arrivedMs), Number.POSITIVE_INFINITY);
  return rows.map(({ measured, ...row }) => ({
    ...row,
    arrivedMs: row.arrivedMs - first,
    measured: measured === null ? null : since(first, measured),
  }));
};

const since = (startMs: Ms, { queuedMs, firstTokenMs, lastTokenMs }: Measured): Measured => ({
  queuedMs: queuedMs === null ? null : queuedMs - startMs,
  firstTokenMs: firstTokenMs - startMs,
  lastTokenMs: lastTokenMs - startMs,
});

type Position = NonNullable<ConfigError['position']>;

const rowOf = (line: string, position: Position): RequestRow => {
  const row = parsed(line, position);
  const need = (key: keyof Row, value: number | undefined): number => {
    if (value === undefined) throw new ConfigError(key, 'is missing; expected a number', position);
    return value;
  };
  return {
    promptTokens: need('input_toks', row.input_toks ?? row.prompt_tokens),
    outputTokens: need('output_toks', row.output_toks ?? row.output_tokens),
    arrivedMs:
      row.arrival_time_ns === undefined ? need('arrival_time', row.arrival_time) * 1e3 : row.arrival_time_ns / 1e6,
    prefix: prefixOf(row.input_tok_ids ?? []),
    measured: measuredOf(row, position),
  };
};

const parsed = (line: string, position: Position): Row => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    const shown = line.length > 40 ? `${line.slice(0, 37)}...` : line;
    throw new ConfigError('', `is ${shown}, expected a JSON object`, position);
  }
  const checked = rowSchema.safeParse(value);
  if (checked.success) return checked.data;
  const { path, message } = mistakeOf(checked.error.issues[0]!, value, () => []);
  throw new ConfigError(path.join('.'), message, position);
};

const measuredOf = (row: Row, position: Position): Measured | null => {
  const { first_token_ts: first, last_token_ts: last, queued_ts: queued } = row;
  if (typeof first !== 'number' || typeof last !== 'number') return null;
  if (last < first) throw new ConfigError('last_token_ts', `is ${last}, expected at least ${first}`, position);
  if (typeof queued === 'number' && queued > first)
    throw new ConfigError('queued_ts', `is ${queued}, expected at most first_token_ts, ${first}`, position);
  return {
    queuedMs: typeof queued === 'number' ? queued * 1e3 : null,
    firstTokenMs: first * 1e3,
    lastTokenMs: last * 1e3,
  };
};

/** Keys of the prompt's blocks, computed from their tokens, so that equal prefixes are found. */
const prefixOf = (ids: readonly number[]): readonly PrefixPart[] =>
  Array.from({ length: Math.floor(ids.length / 16) }, (_, block) => ({
    key: ids.slice(16 * block, 16 * block + 16).join(),
    tokens: 16,
  }));
