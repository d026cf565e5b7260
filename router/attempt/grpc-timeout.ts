import type { Ms } from '../../core/time/clock.ts';

const UNITS = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 } as const;

/** Reads a `grpc-timeout` header, in milliseconds; null for a malformed one. Source: gRPC over HTTP/2. */
export const parseGrpcTimeout = (header: string): Ms | null => {
  const digits = header.length - 1;
  const unitMs = UNITS[header[digits] as keyof typeof UNITS];
  if (digits < 1 || digits > 8 || unitMs === undefined) return null;
  let count = 0;
  for (let at = 0; at < digits; at++) {
    const digit = header.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return null;
    count = 10 * count + digit;
  }
  return count * unitMs;
};

/** A `grpc-timeout` in the finest unit in which it fits 8 digits, rounded up; never below `1n`. */
export const formatGrpcTimeout = (timeoutMs: Ms): string => {
  const unit = finestUnit(timeoutMs);
  return `${countOf(timeoutMs, unit)}${unit}`;
};

/** Writes the characters that `formatGrpcTimeout` gives, at most `LONGEST_TIMEOUT_BYTES`. Returns how many there are. */
export const writeGrpcTimeout = (timeoutMs: Ms, into: Uint8Array): number => {
  const unit = finestUnit(timeoutMs);
  let count = countOf(timeoutMs, unit);
  let digits = 1;
  for (let power = 10; power <= count; power *= 10) digits++;
  for (let at = digits - 1; at >= 0; at--) {
    into[at] = ZERO + (count % 10);
    count = Math.floor(count / 10);
  }
  into[digits] = unit.charCodeAt(0);
  return digits + 1;
};

/** Eight digits and a unit. */
export const LONGEST_TIMEOUT_BYTES = 9;

type Unit = keyof typeof UNITS;

const finestUnit = (timeoutMs: Ms): Unit => {
  for (const unit of FINEST_FIRST) if (Math.ceil(timeoutMs / UNITS[unit]) <= MOST) return unit;
  return 'H';
};

const countOf = (timeoutMs: Ms, unit: Unit): number => Math.min(MOST, Math.max(1, Math.ceil(timeoutMs / UNITS[unit])));

const FINEST_FIRST = ['n', 'u', 'm', 'S', 'M'] as const;
const MOST = 99_999_999;

const ZERO = 0x30;
