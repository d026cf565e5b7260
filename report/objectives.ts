import type { Objectives, RunEvent } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';
import { type RequestRecord, tpotMs, ttftMs } from './request-table.ts';

/** What a request is judged by: the objectives of its class, or those of the run. */
export const objectivesOf = ({ slo }: RunEvent, { class: name }: RequestRecord): Objectives =>
  (name !== undefined && slo.byClass?.[name]) || slo;

/** Whether an answered request met every objective. An answer of one token has no TPOT to be judged by. */
export const hasMet = (record: RequestRecord, objectives: Objectives): boolean =>
  ttftMs(record) <= objectives.ttftMs && !(tpotMs(record) > objectives.tpotMs);

/** Whether a request that was interrupted at `endedAtMs` had no first token in time, so that it could not meet the objectives any more. */
export const hasMissedTtft = (record: RequestRecord, objectives: Objectives, endedAtMs: Ms): boolean =>
  record.intendedAtMs + objectives.ttftMs < (Number.isNaN(record.firstTokenAtMs) ? endedAtMs : record.firstTokenAtMs);
