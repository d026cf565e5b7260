import { ConfigError } from '../../../core/config/config-error.ts';
import { quotedValue } from '../../../core/text/text-lines.ts';
import { azureCsv } from './azure-csv.ts';
import { burstgptCsv } from './burstgpt-csv.ts';
import { llmservingsimJsonl } from './llmservingsim-jsonl.ts';
import { mooncakeJsonl } from './mooncake-jsonl.ts';
import { rowsCsv } from './rows-csv.ts';
import type { TraceFormat } from './trace-format.ts';
import { vllmBenchJson } from './vllm-bench-json.ts';

/** Every format of traces of requests. To add one: a file in this folder, and a line here. */
const FORMATS: readonly TraceFormat[] = [
  azureCsv,
  burstgptCsv,
  mooncakeJsonl,
  llmservingsimJsonl,
  vllmBenchJson,
  rowsCsv,
];

export const TRACE_FORMATS = FORMATS.map(({ name }) => name) as [string, ...string[]];

/** The format of that name; without a name the one that fits `start`, the first lines of a file. Throws `ConfigError`. */
export const traceFormat = (
  name: string | undefined,
  { start, file }: { readonly start: string; readonly file: string },
): TraceFormat => {
  const found = FORMATS.find((format) => (name === undefined ? format.recognises(start) : format.name === name));
  if (found !== undefined) return found;
  const first = start.split(/\r?\n/, 1)[0]!;
  const known = FORMATS.map(({ what }) => what).join('; ');
  throw new ConfigError('', `starts with ${quotedValue(first)}, expected one of: ${known}`, {
    file,
    line: 1,
    column: 1,
  });
};
