import { quotedValue } from '../../../core/text/text-lines.ts';
import { has, objectIn, startsWithObject, timeValue, tokenCount } from './row-values.ts';
import { type LineFormat, RowMistake } from './trace-format.ts';

const KEYS = ['timestamp', 'input_length', 'output_length', 'hash_ids'] as const;

/**
 * The traces of Mooncake: milliseconds, and for each block of 512 tokens of the prompt a number that stands for the hash of all tokens up to its end.
 * Source: github.com/kvcache-ai/Mooncake, FAST25-release/README.md and traces/ (Apache 2.0). The traces of Qwen have the same keys, but seconds and blocks of 16 tokens: they are not taken for these.
 */
export const mooncakeJsonl: LineFormat = {
  kind: 'lines',
  name: 'mooncake',
  what: `a trace of Mooncake (JSON Lines with ${KEYS.join(', ')})`,
  recognises: (start) => startsWithObject(start, KEYS, ['chat_id']),
  hasHeader: false,
  columns: () => ({
    blockTokens: 512,
    row: (line) => {
      const object = objectIn(line);
      return {
        atS: timeValue(object.timestamp, 'timestamp', 'milliseconds') / 1000,
        promptTokens: tokenCount(object.input_length, 'input_length'),
        outputTokens: tokenCount(object.output_length, 'output_length'),
        blocks: hashIds(object.hash_ids),
      };
    },
  }),
};

const hashIds = (value: unknown): readonly number[] => {
  if (!Array.isArray(value)) throw new RowMistake(`${has('hash_ids', value)}, expected a list of numbers`);
  for (const id of value) {
    if (!Number.isSafeInteger(id)) throw new RowMistake(`has hash_ids with ${quotedValue(id)}, expected whole numbers`);
  }
  return value;
};
