import { csvLine } from '../core/text/csv-line.ts';
import type { RunTally } from './run-tally.ts';

/** The first line of `requests.csv`: see report/README.md. Times are milliseconds of scenario time. */
export const REQUESTS_HEAD = csvLine([
  ...['variant', 'seed', 'repetition', 'request', 'client', 'outcome', 'attempts', 'endpoint'],
  ...['prompt_tokens', 'answer_tokens', 'intended_ms', 'sent_ms', 'routed_ms', 'received_ms', 'scheduled_ms'],
  ...['served_ms', 'first_token_ms', 'last_token_ms', 'class', 'longest_gap_ms', 'stalls'],
]);

/** A line for each request that was sent or dropped, also in the warm-up, by its number. What did not happen is empty. */
export function* requestLines({ run, requests, attempts }: RunTally): Generator<string> {
  const { variant, seed, repetition } = run.key;
  for (const record of requests.records()) {
    const attempt = attempts.last(record.request);
    yield csvLine([
      variant,
      seed,
      repetition,
      record.request,
      record.client,
      record.outcome,
      attempts.attemptsOf(record.request),
      attempt.endpoint ?? '',
      record.promptTokens,
      record.tokens,
      record.intendedAtMs,
      record.sentAtMs,
      attempt.routedAtMs,
      attempt.receivedAtMs,
      attempt.scheduledAtMs,
      attempt.servedAtMs,
      record.firstTokenAtMs,
      record.lastTokenAtMs,
      record.class ?? '',
      record.longestGapMs,
      record.stalls,
    ]);
  }
}
