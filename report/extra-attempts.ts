import type { RunEvent } from '../core/event/event.ts';
import type { AttemptTable } from './attempt-table.ts';
import type { RequestTable } from './request-table.ts';
import type { RunFigures } from './summary-schema.ts';

/**
 * The attempts beyond the first, by why they began, over the requests that were intended after the warm-up: how many there were, and how many gave
 * the answer that their client got. Only those causes that there were.
 */
export const extraAttempts = ({
  run,
  requests,
  attempts,
}: {
  readonly run: Pick<RunEvent, 'warmUpMs'>;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
}): RunFigures['extraAttempts'] => {
  const figures: Record<string, { begun: number; answered: number }> = {};
  for (const { request, attempt, cause } of attempts.extra()) {
    if (!(requests.intendedAtMs(request) >= run.warmUpMs)) continue;
    figures[cause] ??= { begun: 0, answered: 0 };
    figures[cause].begun++;
    if (requests.outcomeOf(request) === 'answered' && attempts.countingOf(request) === attempt)
      figures[cause].answered++;
  }
  return figures;
};

/** What to know of them; null where there were none. */
export const extraAttemptsNote = (figures: RunFigures['extraAttempts'], requests: number): string | null => {
  const causes = Object.entries(figures);
  if (causes.length === 0) return null;
  const begun = causes.reduce((sum, [, of]) => sum + of.begun, 0);
  const share = ((100 * begun) / Math.max(1, requests)).toFixed(1);
  const each = causes.map(([cause, of]) => `${of.begun} ${WORDS[cause] ?? cause} (${of.answered} gave the answer)`);
  return `${begun} attempts beyond the first, for ${share} % of requests: ${each.join(', ')}`;
};

const WORDS: Readonly<Record<string, string>> = {
  retry: 'retries',
  transparent: 'retries of what no server had seen',
  hedge: 'hedges',
  'time-out': 'after a time-out',
  moved: 'from an unhealthy endpoint',
};
