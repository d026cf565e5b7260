import { NOTHING_SHARED, type PrefixPart } from '../prefix.ts';

/** Requests that were once served, in order of arrival: column arrays of one length. */
export interface Trace {
  /** Seconds since the first arrival. */
  readonly arrivalS: Float64Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** The conversation of each request, empty for none; null where the trace tells of none. */
  readonly sessions: readonly string[] | null;
  /** The blocks of the prompts; null where the trace tells of none. */
  readonly blocks: TraceBlocks | null;
  /** What a reader of a result has to know of the trace, such as rows that were left out. */
  readonly remarks: readonly string[];
}

/** What prompts share: a number for each block, equal where all tokens up to its end are equal. */
export interface TraceBlocks {
  readonly blockTokens: number;
  /** Those of all rows, one after the other. */
  readonly ids: Float64Array;
  /** Where in `ids` each row starts, and last where the last row ends. */
  readonly starts: Int32Array;
}

/**
 * The prefix of the prompt of row `row` of the trace repeated end to end, a part for each block; the last block may be cut by the end of the prompt. A
 * pass shares nothing with the passes before it: nobody would ask the same again.
 */
export const prefixAt = ({ blocks, promptTokens }: Trace, row: number): readonly PrefixPart[] => {
  if (blocks === null) return NOTHING_SHARED;
  const rows = promptTokens.length;
  const pass = Math.floor(row / rows);
  const parts: PrefixPart[] = [];
  let left = promptTokens[row % rows]!;
  for (let at = blocks.starts[row % rows]!; at < blocks.starts[(row % rows) + 1]! && left > 0; at++) {
    parts.push({ key: `${pass}/${blocks.ids[at]}`, tokens: Math.min(left, blocks.blockTokens) });
    left -= blocks.blockTokens;
  }
  return parts;
};

/** The session of row `row` of the trace repeated end to end; empty for none. Each pass has sessions of its own. */
export const sessionAt = ({ sessions, promptTokens }: Trace, row: number): string => {
  const session = sessions?.[row % promptTokens.length] ?? '';
  return session === '' ? '' : `${session}/${Math.floor(row / promptTokens.length)}`;
};

/** When row `row` arrives in the trace repeated end to end: the gap from its last row to its first is its mean gap. */
export const traceTimeS = ({ arrivalS }: Trace, row: number): number => {
  const rows = arrivalS.length;
  const lengthS = (arrivalS[rows - 1]! * rows) / Math.max(1, rows - 1) || 1;
  return Math.floor(row / rows) * lengthS + arrivalS[row % rows]!;
};
