import { describe, expect, test } from 'vitest';
import { parseLoadSeries } from '../../../report/engine/load-series.ts';
import { parseRequests } from '../../../report/engine/request-rows.ts';

const line = (row: object): string => JSON.stringify({ input_toks: 10, output_toks: 5, arrival_time: 100, ...row });

describe('a file of requests', () => {
  test('may have blank lines, Windows line ends, other keys and any order; time starts at the first arrival', () => {
    const text = `${line({ arrival_time: 102.5, model: 'x' })}\r\n\n${line({ arrival_time: 101 })}\n   \n`;
    expect(parseRequests(text, 'r').map(({ arrivedMs }) => arrivedMs)).toEqual([1500, 0]);
  });

  test('may use the key names of other tools', () => {
    const [row] = parseRequests('{"prompt_tokens":7,"output_tokens":3,"arrival_time_ns":5000000}', 'r');
    expect(row).toMatchObject({ promptTokens: 7, outputTokens: 3, arrivedMs: 0, measured: null });
  });

  test('keeps measured times on the clock of the arrivals', () => {
    const [row] = parseRequests(line({ queued_ts: 100.5, first_token_ts: 101, last_token_ts: 103 }), 'r');
    expect(row?.measured).toEqual({ queuedMs: 500, firstTokenMs: 1000, lastTokenMs: 3000 });
    expect(parseRequests(line({ first_token_ts: null, last_token_ts: 103 }), 'r')[0]?.measured).toBeNull();
  });

  test('finds prompts with equal prefixes by their tokens', () => {
    const ids = Array.from({ length: 40 }, (_, index) => index);
    const [row] = parseRequests(line({ input_tok_ids: ids }), 'r');
    expect(row?.prefix.map(({ tokens }) => tokens)).toEqual([16, 16]);
  });

  test.each([
    ['no JSON', 'hello', 'r:2:1: is hello, expected a JSON object'],
    ['a list', '[1]', /^r:2:1: .*is a list, expected a map of keys/],
    ['a word for a number', line({ input_toks: 'many' }), 'r:2:1: input_toks is "many", expected a number'],
    ['a fraction of a token', line({ output_toks: 1.5 }), /^r:2:1: output_toks is 1.5, expected a whole number/],
    ['a negative number of tokens', line({ input_toks: -1 }), 'r:2:1: input_toks is -1, expected at least 0'],
    ['no arrival', '{"input_toks":1,"output_toks":1}', 'r:2:1: arrival_time is missing; expected a number'],
    [
      'a last token before the first',
      line({ first_token_ts: 3, last_token_ts: 2 }),
      /last_token_ts is 2, expected at least 3/,
    ],
    [
      'a first token before the queue',
      line({ queued_ts: 4, first_token_ts: 3, last_token_ts: 5 }),
      'r:2:1: queued_ts is 4, expected at most first_token_ts, 3',
    ],
    [
      'an instant that is out of range',
      line({ arrival_time: 1e308 }),
      /arrival_time is 1e\+308, expected at most 1000000000000/,
    ],
  ])('with %s is refused with the line, the value and the expectation', (_, bad, message) => {
    expect(() => parseRequests(`${line({})}\n${bad}\n`, 'r')).toThrow(message);
  });

  test('that is empty is refused with a message that says so', () => {
    expect(() => parseRequests('\n\n', 'r')).toThrow('r holds no request, expected one JSON object a line');
  });
});

describe('a file of load over time', () => {
  test('may have its columns in any order', () => {
    expect(parseLoadSeries('waiting,t,kv_cache_pct,running,x\n3,1.0,50,2,9\n', 's')).toEqual([
      { atS: 1, running: 2, waiting: 3, kvShare: 0.5 },
    ]);
  });

  test('is refused with the name of a missing column, or of a value that is not a number', () => {
    expect(() => parseLoadSeries('t,running,waiting\n', 's')).toThrow('s:1:1: has no column kv_cache_pct');
    expect(() => parseLoadSeries('t,running,waiting,kv_cache_pct\n1,2,x,4\n', 's')).toThrow(
      's:2:1: waiting is "x", expected a number',
    );
  });
});
