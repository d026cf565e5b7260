// Hot path: a run may have a million requests, so each figure is a typed column, and a request leaves no object.

import { type Event, OUTCOMES, type RunEvent } from '../core/event/event.ts';
import { SLOT_MS } from '../netem/sky/path/time-grid.ts';
import type { AttemptTable } from './attempt-table.ts';
import { type GroupingName, groupingNames, groupings } from './group/registry.ts';
import { NameNumbers } from './name-numbers.ts';
import { hasMet, hasMissedTtft, objectivesOf } from './objectives.ts';
import { e2eMs, type RequestTable, tpotMs, ttftMs } from './request-table.ts';

/** The group of each measured request in one grouping: its number, and -1 for none. */
export interface GroupColumn {
  readonly name: GroupingName;
  readonly groups: NameNumbers;
  readonly of: Int32Array;
}

/**
 * The requests that were intended after the warm-up, in columns with a row each. Latencies are in ms; Infinity is one that is only known to rank
 * above all others, and NaN is none.
 */
export interface MeasuredRequests {
  readonly length: number;
  readonly ttftMs: Float64Array;
  readonly ttftFromSendMs: Float64Array;
  readonly tpotMs: Float64Array;
  readonly e2eMs: Float64Array;
  readonly e2eFromSendMs: Float64Array;
  /** The slot of 15 s since the end of the warm-up that it was intended in. */
  readonly slots: Uint32Array;
  /** Its place in `OUTCOMES`. */
  readonly outcomes: Uint8Array;
  /** 1 for a request that met every objective. */
  readonly good: Uint8Array;
  /** 1 for one of which it is known whether it did: all but some that were interrupted. */
  readonly judged: Uint8Array;
  /** 1 for an answer with a gap above the objective. */
  readonly stalled: Uint8Array;
  /** How often it was routed. */
  readonly attempts: Uint16Array;
  /** The groupings that the log knows. */
  readonly groups: readonly GroupColumn[];
}

export const measuredRequests = (of: {
  readonly run: RunEvent;
  readonly requests: RequestTable;
  readonly attempts: AttemptTable;
  readonly ended: Extract<Event, { kind: 'ended' }> | null;
}): MeasuredRequests => {
  const { run, requests, attempts } = of;
  const { isInterrupted = false, atMs: endedAtMs = Number.NaN } = of.ended ?? {};
  const rows = requests.length;
  const times = (): Float64Array => new Float64Array(rows);
  const [ttft, fromSend, tpot, e2e, e2eFromSend] = [times(), times(), times(), times(), times()];
  const slots = new Uint32Array(rows);
  const bytes = (): Uint8Array => new Uint8Array(rows);
  const [outcomes, good, judged, stalled] = [bytes(), bytes(), bytes(), bytes()];
  const routed = new Uint16Array(rows);
  const known = groupingNames.flatMap((name) => {
    const groupOf = groupings[name].of(run);
    return groupOf === null ? [] : [{ name, groupOf, groups: new NameNumbers(), of: new Int32Array(rows).fill(-1) }];
  });
  let row = 0;
  for (const record of requests.records()) {
    if (!(record.intendedAtMs >= run.warmUpMs)) continue;
    // Without a last line of its own a request was open: the disk was full, or its client was killed.
    const outcome = record.outcome === 'open' && isInterrupted ? 'interrupted' : record.outcome;
    const isAnswered = outcome === 'answered';
    const firstMs = ttftMs(record);
    const wholeMs = e2eMs(record);
    const objectives = objectivesOf(run, record);
    ttft[row] = orCensored(firstMs);
    fromSend[row] = orCensored(record.firstTokenAtMs - record.sentAtMs);
    tpot[row] = !isAnswered && !Number.isNaN(firstMs) ? CENSORED : tpotMs(record);
    e2e[row] = orCensored(wholeMs);
    e2eFromSend[row] = orCensored(wholeMs - (record.sentAtMs - record.intendedAtMs));
    slots[row] = Math.floor((record.intendedAtMs - run.warmUpMs) / SLOT_MS);
    outcomes[row] = OUTCOMES.indexOf(outcome);
    good[row] = isAnswered && hasMet(record, objectives) ? 1 : 0;
    judged[row] = outcome !== 'interrupted' || hasMissedTtft(record, objectives, endedAtMs) ? 1 : 0;
    stalled[row] = isAnswered && record.stalls > 0 ? 1 : 0;
    const request = {
      record,
      endpoint: attempts.endpointOf(record.request),
      attempts: attempts.attemptsOf(record.request),
    };
    routed[row] = request.attempts;
    for (const { groupOf, groups, of: numbers } of known) {
      const group = groupOf(request);
      if (group !== undefined) numbers[row] = groups.numberOf(group);
    }
    row++;
  }
  return {
    length: row,
    ttftMs: ttft.subarray(0, row),
    ttftFromSendMs: fromSend.subarray(0, row),
    tpotMs: tpot.subarray(0, row),
    e2eMs: e2e.subarray(0, row),
    e2eFromSendMs: e2eFromSend.subarray(0, row),
    slots: slots.subarray(0, row),
    outcomes: outcomes.subarray(0, row),
    good: good.subarray(0, row),
    judged: judged.subarray(0, row),
    stalled: stalled.subarray(0, row),
    attempts: routed.subarray(0, row),
    groups: known.map(({ name, groups, of: numbers }) => ({ name, groups, of: numbers.subarray(0, row) })),
  };
};

/** A value that is only known to be above all that were seen. */
const CENSORED = Number.POSITIVE_INFINITY;

const orCensored = (value: number): number => (Number.isNaN(value) ? CENSORED : value);
