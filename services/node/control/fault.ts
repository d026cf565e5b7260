import type { Ms } from '../../../core/time/clock.ts';

/** The faults that can be injected into a node. `starlane/control/v1/control.proto` says what each does. */
export type Fault =
  | { readonly kind: 'slow'; readonly factor: number }
  | { readonly kind: 'fail'; readonly code: number; readonly share: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'blackhole' }
  | { readonly kind: 'goaway' }
  | { readonly kind: 'rst'; readonly errorCode: number }
  | { readonly kind: 'crash'; readonly delayMs: Ms }
  | { readonly kind: 'power-cap'; readonly watts: number };

export type FaultKind = Fault['kind'];

const MAX_FAULT_MS: Ms = 3_600_000;

/** How long a fault counts as active: a crash until after the process has ended. */
export const lastsMs = (fault: Fault, durationMs: Ms): Ms =>
  fault.kind === 'crash' ? fault.delayMs + AFTER_CRASH_MS : durationMs;

const AFTER_CRASH_MS: Ms = 60_000;

/** What is wrong with a fault, in one line, or null. `durationMs` is 0 where none was given. */
export const faultProblem = (fault: Fault, durationMs: Ms): string | null => {
  if (fault.kind === 'goaway' || fault.kind === 'crash') {
    if (durationMs !== 0) return `duration is ${durationMs / 1000} s, expected none: a ${fault.kind} is over at once`;
  } else if (!(durationMs > 0 && durationMs <= MAX_FAULT_MS)) {
    return `duration is ${durationMs / 1000} s, must be above 0 and at most ${MAX_FAULT_MS / 1000} s`;
  }
  switch (fault.kind) {
    case 'slow':
      return isBetween(fault.factor, 1, 1000) ? null : `slow.factor is ${fault.factor}, must be from 1 to 1000`;
    case 'fail':
      if (!isBetween(fault.code, 1, 16)) return `fail.code is ${fault.code}, must be from 1 to 16`;
      return fault.share > 0 && fault.share <= 1 ? null : `fail.share is ${fault.share}, must be above 0 and at most 1`;
    case 'rst':
      return isBetween(fault.errorCode, 1, 13) ? null : `rst.error_code is ${fault.errorCode}, must be from 1 to 13`;
    case 'crash':
      return isBetween(fault.delayMs, 0, MAX_FAULT_MS)
        ? null
        : `crash.delay is ${fault.delayMs / 1000} s, must be from 0 to ${MAX_FAULT_MS / 1000} s`;
    case 'power-cap':
      return isBetween(fault.watts, 1, 1e6) ? null : `power_cap.watts is ${fault.watts}, must be from 1 to 1000000`;
    default:
      return null;
  }
};

const isBetween = (value: number, low: number, high: number): boolean => value >= low && value <= high;
