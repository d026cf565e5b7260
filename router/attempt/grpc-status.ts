/** The status codes of gRPC that a router tells apart. Source: grpc/doc/statuscodes.md. */
export const grpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  internal: 13,
  unavailable: 14,
} as const;

/** The name of a status as it is written in logs: `DEADLINE_EXCEEDED`; `STATUS_5` for one that is not told apart here. */
export const statusName = (code: number): string => {
  const name = Object.entries(grpcStatus).find(([, known]) => known === code)?.[0];
  return name === undefined ? `STATUS_${code}` : name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
};

/** The status of a stream that ended with an HTTP/2 error code. Source: grpc/doc/PROTOCOL-HTTP2.md, "Errors". */
export const statusOfReset = (http2Code: number): number => {
  if (http2Code === 0x7) return grpcStatus.unavailable; // REFUSED_STREAM
  if (http2Code === 0x8) return grpcStatus.cancelled; // CANCEL
  if (http2Code === 0xb) return grpcStatus.resourceExhausted; // ENHANCE_YOUR_CALM
  if (http2Code === 0xc) return grpcStatus.permissionDenied; // INADEQUATE_SECURITY
  return grpcStatus.internal;
};
