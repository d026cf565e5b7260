import { create } from '@bufbuild/protobuf';
import { type Duration, durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import type { Ms } from '../../../core/time/clock.ts';
import {
  type ActiveFault,
  ActiveFaultSchema,
  type Fault as FaultMessage,
  FaultSchema,
  type InjectFaultRequest,
} from '../../../proto/gen/starlane/control/v1/control_pb.js';
import { type Fault, faultProblem } from './fault.ts';

export type ReadFault =
  | { readonly kind: 'fault'; readonly fault: Fault; readonly durationMs: Ms }
  | { readonly kind: 'problem'; readonly problem: string };

/** The fault that a request asks for, or one line that says what is wrong with the request. */
export const readFault = ({ fault: message, duration }: InjectFaultRequest): ReadFault => {
  const fault = message === undefined ? null : faultOf(message);
  if (fault === null) return { kind: 'problem', problem: 'fault is empty, expected one kind of fault' };
  const lastsMs = msOf(duration);
  const problem = faultProblem(fault, lastsMs);
  return problem === null ? { kind: 'fault', fault, durationMs: lastsMs } : { kind: 'problem', problem };
};

const msOf = (duration: Duration | undefined): Ms => (duration === undefined ? 0 : durationMs(duration));

const faultOf = ({ kind }: FaultMessage): Fault | null => {
  switch (kind.case) {
    case 'slow':
      return { kind: 'slow', factor: kind.value.factor };
    case 'fail':
      return { kind: 'fail', code: kind.value.code, share: kind.value.share };
    case 'hang':
    case 'blackhole':
    case 'goaway':
      return { kind: kind.case };
    case 'rst':
      return { kind: 'rst', errorCode: kind.value.errorCode === 0 ? INTERNAL_ERROR : kind.value.errorCode };
    case 'crash':
      return { kind: 'crash', delayMs: msOf(kind.value.delay) };
    case 'powerCap':
      return { kind: 'power-cap', watts: kind.value.watts };
    default:
      return null;
  }
};

/** HTTP/2 error code. Source: RFC 9113, section 7. */
const INTERNAL_ERROR = 2;

/** A fault as a request names it. */
export const faultMessageOf = (fault: Fault): FaultMessage => create(FaultSchema, { kind: kindOf(fault) });

/** An active fault as the service reports it. */
export const activeFaultOf = (fault: Fault, remainingMs: Ms): ActiveFault =>
  create(ActiveFaultSchema, {
    fault: faultMessageOf(fault),
    remaining: durationFromMs(Math.max(0, Math.round(remainingMs))),
  });

const kindOf = (fault: Fault): NonNullable<Parameters<typeof create<typeof FaultSchema>>[1]>['kind'] & object => {
  switch (fault.kind) {
    case 'slow':
      return { case: 'slow', value: { factor: fault.factor } };
    case 'fail':
      return { case: 'fail', value: { code: fault.code, share: fault.share } };
    case 'rst':
      return { case: 'rst', value: { errorCode: fault.errorCode } };
    case 'crash':
      return { case: 'crash', value: { delay: durationFromMs(fault.delayMs) } };
    case 'power-cap':
      return { case: 'powerCap', value: { watts: fault.watts } };
    default:
      return { case: fault.kind, value: {} };
  }
};
