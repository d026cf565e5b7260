import { expect, test } from 'vitest';
import { endingByNode } from '../../../router/attempt/ending.ts';
import { grpcStatus } from '../../../router/attempt/grpc-status.ts';
import { loadReport } from '../load-report-fixture.ts';

const faultOf = (code: number) => endingByNode(code, { report: null, pushbackMs: null }).fault;

test('a mistake of the client is not held against the node', () => {
  const { invalidArgument, notFound, alreadyExists, permissionDenied, failedPrecondition } = grpcStatus;
  const { aborted, outOfRange, unimplemented, unauthenticated } = grpcStatus;
  for (const code of [invalidArgument, notFound, alreadyExists, permissionDenied, failedPrecondition]) {
    expect(faultOf(code)).toBe('client');
  }
  for (const code of [aborted, outOfRange, unimplemented, unauthenticated]) expect(faultOf(code)).toBe('client');
});

test('an answer and a deadline are nobody’s fault; other codes, also unknown ones, are the node’s', () => {
  for (const code of [grpcStatus.ok, grpcStatus.deadlineExceeded]) expect(faultOf(code)).toBe('none');
  const { cancelled, unknown, internal, unavailable, dataLoss } = grpcStatus;
  for (const code of [cancelled, unknown, internal, unavailable, dataLoss, 99]) expect(faultOf(code)).toBe('node');
});

test('RESOURCE_EXHAUSTED is the node’s with a load or a pushback, and else a message that is too large', () => {
  const exhausted = (said: Parameters<typeof endingByNode>[1]) =>
    endingByNode(grpcStatus.resourceExhausted, said).fault;
  expect(exhausted({ report: loadReport({}), pushbackMs: null })).toBe('node');
  expect(exhausted({ report: null, pushbackMs: 50 })).toBe('node');
  expect(exhausted({ report: null, pushbackMs: null })).toBe('client');
});
