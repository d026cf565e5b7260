import { quotedValue } from '../../../core/text/text-lines.ts';
import { timeValue, tokenCount } from './row-values.ts';
import { RowMistake, type TraceRow, type WholeFormat } from './trace-format.ts';

/**
 * A result of `vllm bench serve --save-result --save-detailed`: lists with an entry a request. Failed requests have 0 output tokens. `ttfts` and
 * `itls` are what that server did, and no part of a load. Results of
 * older versions have no `start_times`: their requests are spaced evenly over `duration`, and a remark says so.
 * Source: github.com/vllm-project/vllm, vllm/benchmarks/serve.py (Apache 2.0).
 */
export const vllmBenchJson: WholeFormat = {
  kind: 'whole',
  name: 'vllm-bench',
  what: 'a result of vllm bench serve (JSON with input_lens, output_lens)',
  // Summaries come first in the file: the lists may be far from its start.
  recognises: (start) => /^\s*\{/.test(start) && SUMMARY_KEYS.some((key) => start.includes(`"${key}"`)),
  read: (text) => {
    const result = parsed(text);
    const [prompts, outputs] = [listIn(result, 'input_lens'), listIn(result, 'output_lens')];
    const starts = result.start_times === undefined ? null : listIn(result, 'start_times');
    for (const [key, list] of Object.entries({ output_lens: outputs, start_times: starts ?? prompts })) {
      if (list.length !== prompts.length)
        throw new RowMistake(`has ${list.length} ${key} and ${prompts.length} input_lens, expected as many`, 1);
    }
    const gapS = starts === null ? timeValue(result.duration, 'duration', 'seconds') / prompts.length : 0;
    const rows = prompts.map(
      (prompt, index): TraceRow => ({
        atS: starts === null ? index * gapS : timeValue(starts[index], `start_times[${index}]`, 'seconds'),
        promptTokens: tokenCount(prompt, `input_lens[${index}]`),
        outputTokens: tokenCount(outputs[index], `output_lens[${index}]`),
      }),
    );
    const remarks = starts === null ? ['the trace has no start_times: its requests are spaced evenly'] : [];
    return { rows, blockTokens: null, remarks };
  },
};

const SUMMARY_KEYS = ['input_lens', 'total_input_tokens', 'request_throughput'] as const;

type Result = Readonly<Record<string, unknown>>;

const parsed = (text: string): Result => {
  let result: unknown;
  try {
    result = JSON.parse(text);
  } catch (error) {
    throw new RowMistake(`is not one JSON object (${(error as Error).message}), expected one result in the file`, 1);
  }
  if (result !== null && typeof result === 'object') return result as Result;
  throw new RowMistake(`is ${quotedValue(result)}, expected one result in the file`, 1);
};

const listIn = (result: Result, key: string): readonly unknown[] => {
  const list = result[key];
  if (Array.isArray(list)) return list;
  throw new RowMistake(
    list === undefined
      ? `has no ${key}, expected a result that was saved with --save-detailed`
      : `has ${key} that is no list`,
    1,
  );
};
