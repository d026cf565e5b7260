import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { InjectFaultRequestSchema } from '../../../../proto/gen/starlane/control/v1/control_pb.js';
import type { Fault } from '../../../../services/node/control/fault.ts';
import { activeFaultOf, readFault } from '../../../../services/node/control/fault-message.ts';

const faults: readonly Fault[] = [
  { kind: 'slow', factor: 3 },
  { kind: 'fail', code: 14, share: 0.5 },
  { kind: 'hang' },
  { kind: 'blackhole' },
  { kind: 'goaway' },
  { kind: 'rst', errorCode: 8 },
  { kind: 'crash', delayMs: 1500 },
  { kind: 'power-cap', watts: 350 },
];

test.each(faults)('$kind survives its way over the wire', (fault) => {
  const { fault: message } = activeFaultOf(fault, 1000);
  const isOverAtOnce = fault.kind === 'goaway' || fault.kind === 'crash';
  const durationMs = isOverAtOnce ? 0 : 2000;
  const request = create(InjectFaultRequestSchema, {
    fault: message!,
    ...(!isOverAtOnce && { duration: durationFromMs(durationMs) }),
  });
  expect(readFault(request)).toEqual({ kind: 'fault', fault, durationMs });
});
