/** The status codes of gRPC. Source: grpc/doc/statuscodes.md. */
export const grpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** The name of a status as it is written in logs: `DEADLINE_EXCEEDED`; `STATUS_99` for one that gRPC does not know. */
export const statusName = (code: number): string => NAMES.get(code) ?? `STATUS_${code}`;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(grpcStatus).map(([name, code]) => [
    code,
    name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  ]),
);

/** The status of a stream that ended with an HTTP/2 error code. Source: grpc/doc/PROTOCOL-HTTP2.md, "Errors". */
export const statusOfReset = (http2Code: number): number => {
  if (http2Code === 0x7) return grpcStatus.unavailable; // REFUSED_STREAM
  if (http2Code === 0x8) return grpcStatus.cancelled; // CANCEL
  if (http2Code === 0xb) return grpcStatus.resourceExhausted; // ENHANCE_YOUR_CALM
  if (http2Code === 0xc) return grpcStatus.permissionDenied; // INADEQUATE_SECURITY
  return grpcStatus.internal;
};

/** The status of an answer that is not gRPC's. Source: grpc/doc/http-grpc-status-mapping.md. */
export const statusOfHttp = (httpStatus: number): number => {
  if (httpStatus === 400) return grpcStatus.internal;
  if (httpStatus === 401) return grpcStatus.unauthenticated;
  if (httpStatus === 403) return grpcStatus.permissionDenied;
  if (httpStatus === 404) return grpcStatus.unimplemented;
  if ([429, 502, 503, 504].includes(httpStatus)) return grpcStatus.unavailable;
  return grpcStatus.unknown;
};
