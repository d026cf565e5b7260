import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { TRACE_FORMATS } from '../../../workload/trace/format/formats.ts';
import { rowsText } from '../../../workload/trace/format/rows-csv.ts';
import { parseTrace, readTrace } from '../../../workload/trace/read-trace.ts';
import { prefixAt, sessionAt, type Trace } from '../../../workload/trace/trace.ts';
import { textSource } from '../../../workload/trace/trace-source.ts';
import { windowText } from '../../../workload/trace/window-text.ts';

const dataOf = (name: string): string => readFileSync(`test/workload/trace/data/${name}`, 'utf8');
const rowsOf = ({ arrivalS, promptTokens, outputTokens }: Trace): number[][] =>
  Array.from(arrivalS, (atS, row) => [Number(atS.toFixed(6)), promptTokens[row]!, outputTokens[row]!]);

describe('a published trace is known by its first lines, and read with its own units', () => {
  test.each([
    [
      'azure-2023.csv',
      [
        [0, 120, 30],
        [1.5, 900, 8],
        [3.75, 33, 210],
      ],
    ],
    [
      'azure-2024.csv',
      [
        [0, 2162, 5],
        [0.99007, 2399, 6],
        [1.49007, 76, 15],
        [9.990069, 511, 7],
      ],
    ],
    [
      'burstgpt-1.csv',
      [
        [0, 472, 18],
        [40, 1087, 230],
        [113.5, 417, 276],
      ],
    ],
    [
      'burstgpt-3.csv',
      [
        [0, 906, 446],
        [51, 36, 29],
        [51, 1000, 1],
        [82, 1400, 52],
      ],
    ],
    [
      'mooncake.jsonl',
      [
        [0, 1351, 50],
        [0, 700, 20],
        [2.999, 1536, 8],
        [6, 2100, 31],
      ],
    ],
    [
      'vllm-bench.json',
      [
        [0, 100, 20],
        [0.75, 50, 10],
        [2.5, 150, 33],
      ],
    ],
    [
      'vllm-bench-old.json',
      [
        [0, 100, 20],
        [1.5, 150, 33],
      ],
    ],
    [
      'llmservingsim.jsonl',
      [
        [0, 40, 12],
        [0.301012, 36, 5],
        [0.853073, 20, 9],
      ],
    ],
    [
      'llmservingsim-sessions.jsonl',
      [
        [0, 1472, 133],
        [1, 800, 20],
        [2, 1620, 50],
      ],
    ],
    [
      'llmservingsim-bench.jsonl',
      [
        [0, 2358, 531],
        [0.25, 1034, 769],
      ],
    ],
    [
      'rows.csv',
      [
        [0, 1351, 50],
        [0.1, 700, 20],
        [3.5, 12, 8],
      ],
    ],
  ])('%s', (name, rows) => {
    expect(rowsOf(parseTrace(dataOf(name), name))).toEqual(rows);
  });

  test.each([
    ['azure-2023.csv', ['1 of 4 rows of the trace have no prompt or no answer, and are left out']],
    ['azure-2024.csv', ['1 of 5 rows of the trace have no prompt or no answer, and are left out']],
    ['burstgpt-1.csv', ['1 of 4 rows of the trace have no prompt or no answer, and are left out']],
    ['mooncake.jsonl', ['1 of 5 rows of the trace have no prompt or no answer, and are left out']],
    ['vllm-bench.json', ['1 of 4 rows of the trace have no prompt or no answer, and are left out']],
    ['vllm-bench-old.json', ['the trace has no start_times: its requests are spaced evenly']],
    [
      'llmservingsim-sessions.jsonl',
      ['1 of 3 calls of the trace follow another one, and leave as if its answer took no time'],
    ],
    ['rows.csv', ['2 of 5 rows of the trace have no prompt or no answer, and are left out']],
  ])('%s says what was left out or assumed', (name, remarks) => {
    expect(parseTrace(dataOf(name), name).remarks).toEqual(remarks);
  });
});

describe('what prompts share', () => {
  test('blocks of Mooncake are parts of 512 tokens, and the last ends with the prompt', () => {
    const trace = parseTrace(dataOf('mooncake.jsonl'), 'x');
    expect(prefixAt(trace, 0)).toEqual([
      { key: '0/0', tokens: 512 },
      { key: '0/1', tokens: 512 },
      { key: '0/2', tokens: 327 },
    ]);
    expect(prefixAt(trace, 3).map(({ key }) => key)).toEqual(['0/0', '0/1', '0/2', '0/5', '0/6']);
  });

  test('a second pass of the trace shares nothing with the first', () => {
    const trace = parseTrace(dataOf('mooncake.jsonl'), 'x');
    expect(prefixAt(trace, 4)[0]!.key).not.toBe(prefixAt(trace, 0)[0]!.key);
    const chat = parseTrace(dataOf('burstgpt-3.csv'), 'x');
    expect([0, 1, 2, 3, 4].map((row) => sessionAt(chat, row))).toEqual(['aa-1/0', 'bb-2/0', '', 'aa-1/0', 'aa-1/1']);
  });

  test('prompts with equal first tokens share the full blocks of 16 before the first other token, as in vLLM', () => {
    const trace = parseTrace(dataOf('llmservingsim.jsonl'), 'x');
    const [first, second, third] = [0, 1, 2].map((row) => prefixAt(trace, row));
    expect(first!.map(({ tokens }) => tokens)).toEqual([16, 16]);
    expect(second).toEqual(first);
    expect(third!.map(({ key }) => key)).not.toContain(first![0]!.key);
  });
});

describe('a window', () => {
  const text = dataOf('azure-2024.csv');
  test.each([
    [
      { fromS: 0.5 },
      [
        [0, 2399, 6],
        [0.5, 76, 15],
        [8.999999, 511, 7],
      ],
    ],
    [
      { durationS: 1 },
      [
        [0, 2162, 5],
        [0.99007, 2399, 6],
      ],
    ],
    [{ fromS: 1.4, durationS: 1 }, [[0, 76, 15]]],
  ])('%j counts from the first row, and ends before its end', (window, rows) => {
    expect(rowsOf(readTrace(textSource(text, 'x'), window))).toEqual(rows);
  });

  test.each([['burstgpt-1.csv'], ['mooncake.jsonl'], ['vllm-bench.json'], ['llmservingsim-sessions.jsonl']])(
    'of %s is that part of the whole',
    (name) => {
      const whole = parseTrace(dataOf(name), name);
      const part = readTrace(textSource(dataOf(name), name), { fromS: whole.arrivalS[1]! + 1e-9 });
      expect([...part.promptTokens]).toEqual(
        [...whole.promptTokens].filter((_, row) => whole.arrivalS[row]! > whole.arrivalS[1]!),
      );
    },
  );

  test('without a request is refused, with what the trace has', () => {
    expect(() => readTrace(textSource(text, 'x.csv'), { fromS: 1.6, durationS: 2 })).toThrow(
      'x.csv has no request with a prompt and an answer from 1.6 s to 3.6 s, expected a window of what was read, 0 to',
    );
  });

  test.each([
    'azure-2023.csv',
    'burstgpt-3.csv',
    'mooncake.jsonl',
    'vllm-bench.json',
    'llmservingsim.jsonl',
    'llmservingsim-sessions.jsonl',
    'rows.csv',
  ])('of %s in our format reads back equal, and gives the same text again', (name) => {
    const window = { file: name, fromS: 0.2 };
    const once = windowText(textSource(dataOf(name), name), window);
    expect(parseTrace(once, 'once')).toEqual(readTrace(textSource(dataOf(name), name), window));
    expect(windowText(textSource(once, 'once'), { file: 'once' })).toBe(once);
  });

  test('of any rows reads back equal', () => {
    const row = fc.record({
      gapS: fc.double({ min: 0, max: 1e5, noNaN: true }),
      prompt: fc.integer({ min: 1, max: 1e6 }),
      output: fc.integer({ min: 1, max: 1e5 }),
      session: fc.string({ maxLength: 8 }).map((text) => text.trim().replaceAll(/[\r\n]/g, '')),
      blocks: fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        fc.boolean(),
        (rows, hasSessions, hasBlocks) => {
          let atS = 0;
          const starts = [0];
          for (const { blocks } of rows) starts.push(starts.at(-1)! + blocks.length);
          const trace: Trace = {
            arrivalS: Float64Array.from(rows, ({ gapS }, index) => (atS += index === 0 ? 0 : gapS)),
            promptTokens: Int32Array.from(rows, ({ prompt }) => prompt),
            outputTokens: Int32Array.from(rows, ({ output }) => output),
            sessions: hasSessions ? rows.map(({ session }) => session) : null,
            blocks: hasBlocks
              ? {
                  blockTokens: 16,
                  ids: Float64Array.from(rows.flatMap(({ blocks }) => blocks)),
                  starts: Int32Array.from(starts),
                }
              : null,
            remarks: [],
          };
          expect(parseTrace(rowsText(trace), 'x')).toEqual(trace);
        },
      ),
    );
  });
});

describe('a mistake in a trace has its line, its value, and what was expected', () => {
  const withLine = (name: string, line: string): string => `${dataOf(name).trimEnd()}\n${line}\n`;
  test.each([
    [
      'azure',
      withLine('azure-2023.csv', '2023-11-16,1,2'),
      'x:6:1: starts with "2023-11-16", expected an instant such as',
    ],
    ['order', withLine('azure-2023.csv', '2023-11-16 18:00:00,1,2'), 'x:6:1: arrives before the row above it'],
    [
      'tokens',
      withLine('azure-2023.csv', '2023-11-16 19:00:00,-1,2'),
      'x:6:1: has ContextTokens "-1", expected a whole number of tokens',
    ],
    [
      'burst',
      withLine('burstgpt-1.csv', 'soon,ChatGPT,1,2,3,API log'),
      'x:6:1: has Timestamp "soon", expected a number of seconds',
    ],
    [
      'cells',
      withLine('burstgpt-1.csv', '200,ChatGPT,1'),
      'x:6:1: has Response tokens "", expected a whole number of tokens',
    ],
    ['json', withLine('mooncake.jsonl', '{"timestamp": 7'), 'x:6:1: is "{"timestamp": 7", expected a JSON object'],
    [
      'ids',
      withLine('mooncake.jsonl', '{"timestamp": 7000, "input_length": 3, "output_length": 2}'),
      'x:6:1: has no hash_ids, expected a list of numbers',
    ],
    [
      'time',
      withLine('mooncake.jsonl', '{"timestamp": "7", "input_length": 3, "output_length": 2}'),
      'x:6:1: has timestamp "7", expected a number of milliseconds',
    ],
    [
      'vllm',
      dataOf('vllm-bench.json').replace('[20, 0, 33, 10]', '[20, 0, 33]'),
      'x:1:1: has 3 output_lens and 4 input_lens, expected as many',
    ],
    [
      'no details',
      '{"total_input_tokens": 3, "duration": 1}',
      'x:1:1: has no input_lens, expected a result that was saved with --save-detailed',
    ],
    [
      'sim',
      withLine('llmservingsim.jsonl', '{"input_toks": 1, "output_toks": 2}'),
      'x:4:1: has no arrival_time_ns, expected a number of nanoseconds',
    ],
    [
      'rows',
      withLine('rows.csv', '9,1,2,a,1 x'),
      'x:6:1: has a block "x", expected whole numbers with a space between them',
    ],
    [
      'header',
      'atS,promptTokens,outputTokens,user\n1,2,3,4\n',
      'x:1:1: is "atS,promptTokens,outputTokens,user", expected',
    ],
    [
      'seconds of Qwen',
      '{"chat_id": 1, "timestamp": 0.1, "input_length": 1, "output_length": 1, "hash_ids": []}',
      'x:1:1: starts with',
    ],
    ['empty', '', 'x:1:1: starts with "", expected one of'],
  ])('%s', (_, text, message) => {
    expect(() => parseTrace(text, 'x')).toThrow(message);
  });
});

test('a trace with any damage is read or refused by a ConfigError, and never breaks the reader', () => {
  const whole = ['null', '[]', '{}', '{"input_lens": []}', '#'];
  const texts = [...readdirSync('test/workload/trace/data').map(dataOf), ...whole];
  const examples = whole.flatMap((text) =>
    TRACE_FORMATS.map((format): [Damage, string] => [{ text, at: 0, length: 0, instead: '' }, format]),
  );
  const damage: fc.Arbitrary<Damage> = fc.record({
    text: fc.constantFrom(...texts),
    at: fc.nat(1000),
    length: fc.nat(30),
    instead: fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('null', '[]', '{}', '1e999', '-1', '"', '\n', ',,')),
  });
  fc.assert(
    fc.property(damage, fc.constantFrom(undefined, ...TRACE_FORMATS), ({ text, at, length, instead }, format) => {
      const from = at % text.length;
      const damaged = text.slice(0, from) + instead + text.slice(from + length);
      try {
        const window = format === undefined ? {} : { format };
        const trace = readTrace(textSource(damaged, 'x'), window);
        expect(parseTrace(rowsText(trace), 'y')).toEqual(trace);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { numRuns: 2000, examples },
  );
});

interface Damage {
  readonly text: string;
  readonly at: number;
  readonly length: number;
  readonly instead: string;
}
