import type { OutgoingHttpHeaders } from 'node:http2';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import {
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  HealthListResponseSchema,
  HealthCheckResponse_ServingStatus as Is,
} from '../../../../proto/gen/grpc/health/v1/health_pb.js';
import { grpcStatus } from '../../../../router/attempt/grpc-status.ts';
import { HealthService } from '../../../../router/io/own/health-service.ts';

const messageOf = (payload: Uint8Array, flag = 0): Buffer => {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(payload.length, 1);
  return Buffer.concat([prefix, payload]);
};

const asks = (service: string): Buffer =>
  messageOf(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service })));

/** A call, and what its client hears. */
const called = (health: HealthService, method: string, body: Buffer = asks('')) => {
  const heard: Buffer[] = [];
  let end: OutgoingHttpHeaders | null = null;
  const call = health.open(
    { ':path': `/grpc.health.v1.Health/${method}` },
    {
      onAnswer: (headers, isWhole) => {
        if (isWhole) end = headers;
      },
      onAnswerData: (bytes) => heard.push(bytes.subarray(5)),
      onAnswerEnd: (trailers) => {
        end = trailers;
      },
    },
  );
  for (const byte of body) call.send(Buffer.of(byte), () => {});
  call.endBody();
  return {
    call,
    heard,
    statuses: () => heard.map((bytes) => fromBinary(HealthCheckResponseSchema, bytes).status),
    code: () => (end === null ? null : Number(end['grpc-status'])),
  };
};

const serving = (routed: readonly string[] = ['a.A']): HealthService => {
  const health = new HealthService(routed);
  health.setServing(true);
  return health;
};

describe('the health service', () => {
  test('says how the whole and each routed service is, and knows no other', () => {
    const health = serving();
    const outcome = (name: string) => {
      const { statuses, code } = called(health, 'Check', asks(name));
      return [...statuses(), code()];
    };
    expect(['', 'a.A', 'other'].map(outcome)).toEqual([[Is.SERVING, 0], [Is.SERVING, 0], [grpcStatus.notFound]]);
    health.setServing(false);
    expect(outcome('a.A')).toEqual([Is.NOT_SERVING, 0]);
  });

  test('lists them all', () => {
    const { heard, code } = called(serving(['a.A', 'b.B']), 'List');
    const { statuses } = fromBinary(HealthListResponseSchema, heard[0]!);
    expect(Object.keys(statuses)).toEqual(['', 'a.A', 'b.B']);
    expect(Object.values(statuses).every(({ status }) => status === Is.SERVING)).toBe(true);
    expect(code()).toBe(0);
    const many = Array.from({ length: 100 }, (_, index) => `s${index}`);
    expect(called(serving(many), 'List').code()).toBe(grpcStatus.resourceExhausted);
  });

  test('tells a watch each change once, also that a service is routed, or is no more', () => {
    const health = serving();
    const whole = called(health, 'Watch');
    const later = called(health, 'Watch', asks('b.B'));
    health.setServing(true);
    health.report(['b.B']);
    health.setServing(false);
    health.report([]);
    expect(whole.statuses()).toEqual([Is.SERVING, Is.NOT_SERVING]);
    expect(later.statuses()).toEqual([Is.SERVICE_UNKNOWN, Is.SERVING, Is.NOT_SERVING, Is.SERVICE_UNKNOWN]);
    health.close();
    expect([whole.code(), later.code()]).toEqual([grpcStatus.unavailable, grpcStatus.unavailable]);
  });

  test('tells a client that reads slowly only how it is at last', () => {
    const health = serving();
    const { call, statuses } = called(health, 'Watch');
    call.pause();
    for (const isServing of [false, true, false]) health.setServing(isServing);
    expect(statuses()).toEqual([Is.SERVING]);
    call.resume();
    expect(statuses()).toEqual([Is.SERVING, Is.NOT_SERVING]);
  });

  test('tells nothing to a client that has left', () => {
    const health = serving();
    const { call, statuses, code } = called(health, 'Watch');
    call.cancel();
    health.setServing(false);
    health.close();
    expect([...statuses(), code()]).toEqual([Is.SERVING, null]);
  });

  test.each([
    ['no message', 'Check', Buffer.alloc(0), grpcStatus.internal],
    ['half a message', 'Check', asks('a.A').subarray(0, 7), grpcStatus.internal],
    ['two messages', 'Watch', Buffer.concat([asks(''), asks('')]), grpcStatus.internal],
    ['noise', 'Check', messageOf(Buffer.of(0xff, 0xff)), grpcStatus.internal],
    ['a compressed message', 'Check', messageOf(Buffer.of(1), 1), grpcStatus.unimplemented],
    ['a name of 4 KiB', 'Check', asks('n'.repeat(4096)), grpcStatus.resourceExhausted],
    ['a method that is not there', 'Set', asks(''), grpcStatus.unimplemented],
  ])('%s is refused', (_, method, body, expected) => {
    const { heard, code } = called(serving(), method, body);
    expect([heard.length, code()]).toEqual([0, expected]);
  });
});
