import type { Ms } from '../../core/time/clock.ts';

const UNITS = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 } as const;

/** Reads a `grpc-timeout` header, in milliseconds; null for a malformed one. Source: gRPC over HTTP/2. */
export const parseGrpcTimeout = (header: string): Ms | null => {
  const match = /^(\d{1,8})([HMSmun])$/.exec(header);
  return match === null ? null : Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
};

/** Writes a `grpc-timeout`, in the finest unit in which it fits 8 digits, rounded up; never below `1n`. */
export const formatGrpcTimeout = (timeoutMs: Ms): string => {
  for (const unit of ['n', 'u', 'm', 'S', 'M'] as const) {
    const count = Math.max(1, Math.ceil(timeoutMs / UNITS[unit]));
    if (count < 1e8) return `${count}${unit}`;
  }
  return `${Math.min(99_999_999, Math.ceil(timeoutMs / UNITS.H))}H`;
};
