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

/** Writes a `grpc-timeout`, in the finest unit in which it fits 8 digits, rounded up; never below `1n`. */
export const formatGrpcTimeout = (timeoutMs: Ms): string => {
  for (const unit of FINEST_FIRST) {
    const count = Math.max(1, Math.ceil(timeoutMs / UNITS[unit]));
    if (count < 1e8) return `${count}${unit}`;
  }
  return `${Math.min(99_999_999, Math.ceil(timeoutMs / UNITS.H))}H`;
};

const FINEST_FIRST = ['n', 'u', 'm', 'S', 'M'] as const;

const ZERO = 0x30;
