import { eachLine, quotedValue } from '../../../core/text/text-lines.ts';
import { blockHashes } from '../../prefix.ts';
import { objectIn, startsWithObject, timeValue, tokenCount } from './row-values.ts';
import { RowMistake, type TraceRow, type WholeFormat } from './trace-format.ts';

/**
 * Workloads of LLMServingSim: a request a line, or a session a line with its calls in a chain. With the ids of its tokens a prompt shares its full blocks of 16
 * tokens, as in vLLM. A call of a chain leaves when the one before it ended and its tool is done; a trace cannot know when an answer
 * ends, so calls leave as if answers took no time, and a remark says so. The records of its `bench` (`arrival_time` in seconds) are read too.
 * Source: github.com/casys-kaist/LLMServingSim, workloads/README.md (MIT).
 */
export const llmservingsimJsonl: WholeFormat = {
  kind: 'whole',
  name: 'llmservingsim',
  what: 'a workload of LLMServingSim (JSON Lines with input_toks, output_toks or sub_requests)',
  recognises: (start) =>
    startsWithObject(start, ['input_toks', 'output_toks']) || startsWithObject(start, ['sub_requests']),
  read: (text) => {
    const rows: TraceRow[] = [];
    let chained = 0;
    eachLine(text, (line, number) => {
      if (line.trim() === '') return;
      try {
        const read = rowsOf(objectIn(line));
        chained += read.length - 1;
        rows.push(...read);
      } catch (error) {
        throw error instanceof RowMistake ? new RowMistake(error.message, number) : error;
      }
    });
    const remarks =
      chained === 0
        ? []
        : [
            `${chained} of ${rows.length} calls of the trace follow another one, and leave as if its answer took no time`,
          ];
    return { rows, blockTokens: rows.some(({ blocks = [] }) => blocks.length > 0) ? BLOCK_TOKENS : null, remarks };
  },
};

const BLOCK_TOKENS = 16;

type Line = Readonly<Record<string, unknown>>;

const rowsOf = (line: Line): readonly TraceRow[] => {
  const startS = arrivalS(line);
  if (line.sub_requests === undefined) return [rowOf(line, startS)];
  if (!Array.isArray(line.sub_requests) || line.sub_requests.length === 0)
    throw new RowMistake(`has sub_requests ${quotedValue(line.sub_requests)}, expected a list of calls`);
  const session = String(line.session_id ?? '');
  let atS = startS;
  return line.sub_requests.map((call: unknown, index): TraceRow => {
    if (call === null || typeof call !== 'object')
      throw new RowMistake(`has sub_requests[${index}] ${quotedValue(call)}, expected an object`);
    const row = { ...rowOf(call as Line, atS), session };
    atS += timeValue((call as Line).tool_duration_ns ?? 0, 'tool_duration_ns', 'nanoseconds') / 1e9;
    return row;
  });
};

const arrivalS = (line: Line): number =>
  line.arrival_time_ns === undefined && line.arrival_time !== undefined
    ? timeValue(line.arrival_time, 'arrival_time', 'seconds')
    : timeValue(line.arrival_time_ns, 'arrival_time_ns', 'nanoseconds') / 1e9;

const rowOf = (call: Line, atS: number): TraceRow => {
  const promptTokens = tokenCount(call.input_toks, 'input_toks');
  const row = { atS, promptTokens, outputTokens: tokenCount(call.output_toks, 'output_toks') };
  const ids = call.input_tok_ids;
  if (ids === undefined) return row;
  if (!Array.isArray(ids)) throw new RowMistake(`has input_tok_ids ${quotedValue(ids)}, expected a list`);
  const parts = ids.map((id) => ({ key: `${id}`, tokens: 1 }));
  return { ...row, blocks: [...blockHashes(parts, { blockTokens: BLOCK_TOKENS, mostTokens: promptTokens })] };
};
