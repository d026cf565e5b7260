import { expect, test } from 'vitest';
import { madeUpLog } from '../../benchmarks/report/made-up-log.ts';
import { seededRng } from '../../core/random/rng.ts';
import { csvCells } from '../../core/text/csv-cells.ts';
import { REQUESTS_HEAD, requestLines } from '../../report/requests-csv.ts';
import { RunTally } from '../../report/run-tally.ts';
import { runEvent } from './logged-run.ts';

const head = csvCells(REQUESTS_HEAD);
const rowsOf = (tally: RunTally): readonly Readonly<Record<string, string>>[] =>
  [...requestLines(tally)].map((line) =>
    Object.fromEntries(csvCells(line).map((cell, index) => [head[index]!, cell] as const)),
  );

test('each request is a line with its instants in order, those of the last attempt', () => {
  const events = [...madeUpLog(500, seededRng(3)('log'))];
  const [run] = events;
  const tally = new RunTally(run!.kind === 'run' ? run! : runEvent());
  for (const event of events) tally.add(event);
  const rows = rowsOf(tally);
  expect(rows.map(({ request }) => Number(request))).toEqual(Array.from({ length: 500 }, (_, request) => request));
  expect(rows.some(({ attempts }) => attempts === '2')).toBe(true);
  for (const row of rows) {
    const instants = ['intended', 'sent', 'routed', 'received', 'scheduled', 'served', 'last_token'];
    const atMs = instants.map((name) => Number(row[`${name}_ms`]));
    expect(atMs).toEqual(atMs.toSorted((a, b) => a - b));
    const routed = events.filter((event) => event.kind === 'routed' && event.request === Number(row.request));
    expect(routed.at(-1)).toMatchObject({ atMs: Number(row.routed_ms), endpoint: row.endpoint });
  }
});

test('what did not happen is empty', () => {
  const tally = new RunTally(runEvent({ requests: 2 }));
  tally.add({
    kind: 'sent',
    atMs: 500.5,
    request: 1,
    client: 'london',
    intendedAtMs: 500,
    promptTokens: 9,
    outputTokens: 5,
  });
  expect(rowsOf(tally)).toEqual([
    {
      ...{ variant: 'p', seed: '1', repetition: '1', request: '1', client: 'london', outcome: 'open', attempts: '0' },
      ...{ endpoint: '', prompt_tokens: '9', answer_tokens: '', intended_ms: '500', sent_ms: '500.5', routed_ms: '' },
      ...{ received_ms: '', scheduled_ms: '', served_ms: '', first_token_ms: '', last_token_ms: '' },
      ...{ class: '', longest_gap_ms: '', stalls: '' },
    },
  ]);
});
