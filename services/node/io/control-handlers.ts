import { create } from '@bufbuild/protobuf';
import { type handleUnaryCall, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type { Clock } from '../../../core/time/clock.ts';
import {
  type ClearFaultsRequest,
  type ClearFaultsResponse,
  ClearFaultsResponseSchema,
  Condition as ConditionMessage,
  type DrainRequest,
  type DrainResponse,
  DrainResponseSchema,
  type InjectFaultRequest,
  type InjectFaultResponse,
  InjectFaultResponseSchema,
  type StateRequest,
  type StateResponse,
  StateResponseSchema,
} from '../../../proto/gen/starlane/control/v1/control_pb.js';
import type { Condition, NodeCondition } from '../control/condition.ts';
import { lastsMs } from '../control/fault.ts';
import { activeFaultOf, readFault } from '../control/fault-message.ts';
import type { Faults } from '../control/faults.ts';
import type { Engine } from '../engine/engine.ts';
import { denialOf } from './control-guard.ts';

export interface ControlOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly condition: NodeCondition;
  /** Makes the node take no new requests. */
  readonly drain: () => void;
  /** Null where the scenario allows no faults. */
  readonly token: string | null;
}

type ControlHandlers = {
  readonly injectFault: handleUnaryCall<InjectFaultRequest, InjectFaultResponse>;
  readonly clearFaults: handleUnaryCall<ClearFaultsRequest, ClearFaultsResponse>;
  readonly drain: handleUnaryCall<DrainRequest, DrainResponse>;
  readonly state: handleUnaryCall<StateRequest, StateResponse>;
};

/** starlane.control.v1.Control of a node. Every call needs the token, also from the loopback: a relay calls from there too. */
export const controlHandlers = ({
  engine,
  clock,
  faults,
  condition,
  drain,
  token,
}: ControlOptions): ControlHandlers => {
  const guarded =
    <Request, Response>(answer: (request: Request) => Response | Problem): handleUnaryCall<Request, Response> =>
    (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
      const denial = denialOf(call.metadata, token);
      if (denial !== null) {
        callback(denial);
        return;
      }
      const response = answer(call.request);
      if (response instanceof Problem) callback({ code: response.code, details: response.details });
      else callback(null, response);
    };

  return {
    injectFault: guarded((request) => {
      const read = readFault(request);
      if (read.kind === 'problem') return new Problem(status.INVALID_ARGUMENT, read.problem);
      const { fault, durationMs } = read;
      if (fault.kind === 'power-cap' && engine.capPowerW === undefined) {
        return new Problem(status.UNIMPLEMENTED, `the profile of ${engine.name} does not say what power it draws`);
      }
      faults.begin(fault, lastsMs(fault, durationMs));
      return create(InjectFaultResponseSchema);
    }),
    clearFaults: guarded(() => {
      faults.clear();
      return create(ClearFaultsResponseSchema);
    }),
    drain: guarded(() => {
      drain();
      return create(DrainResponseSchema);
    }),
    state: guarded(() => {
      const nowMs = clock.now();
      const { running, waiting, kvUsage } = engine.report(nowMs);
      const active = faults.list().map(({ fault, endsAtMs }) => activeFaultOf(fault, endsAtMs - nowMs));
      const message = { node: engine.name, condition: CONDITIONS[condition.current], running, waiting, kvUsage };
      return create(StateResponseSchema, { ...message, faults: active });
    }),
  };
};

class Problem {
  readonly code: status;
  readonly details: string;

  constructor(code: status, details: string) {
    this.code = code;
    this.details = details;
  }
}

const CONDITIONS: Readonly<Record<Condition, ConditionMessage>> = {
  serving: ConditionMessage.SERVING,
  starting: ConditionMessage.STARTING,
  draining: ConditionMessage.DRAINING,
  unwell: ConditionMessage.UNWELL,
};
