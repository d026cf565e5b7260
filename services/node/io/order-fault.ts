import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Client, credentials, Metadata, type MethodDefinition } from '@grpc/grpc-js';
import type { Ms } from '../../../core/time/clock.ts';
import {
  Control,
  DrainRequestSchema,
  InjectFaultRequestSchema,
} from '../../../proto/gen/starlane/control/v1/control_pb.js';
import { serviceDefinition } from '../../grpc/service-definition.ts';
import { faultMessageOf } from '../control/fault-message.ts';
import type { NodeFault } from '../control/fault-order.ts';

/** The control service of a node, and what it wants to see. */
export interface ControlAddress {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/** Has a node do a fault; resolves when it has begun. Rejects with one line that says what the node said. */
export const orderFault = async (at: ControlAddress, fault: NodeFault, durationMs: Ms): Promise<void> => {
  const client = new Client(`${at.host}:${at.port}`, credentials.createInsecure());
  try {
    if (fault.kind === 'drain') {
      await call(client, at.token, control.drain, create(DrainRequestSchema));
      return;
    }
    const duration = durationMs === 0 ? {} : { duration: durationFromMs(durationMs) };
    const request = create(InjectFaultRequestSchema, { fault: faultMessageOf(fault), ...duration });
    await call(client, at.token, control.injectFault, request);
  } finally {
    client.close();
  }
};

const control = serviceDefinition(Control);

const call = <Request, Response>(
  client: Client,
  token: string,
  { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
  request: Request,
): Promise<void> => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const options = { deadline: Date.now() + DEADLINE_MS };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, (error) =>
      error === null ? resolve() : reject(new Error(`the node did not take the fault: ${error.details}`)),
    );
  });
};

/** A node that hangs or is a blackhole does not answer. */
const DEADLINE_MS = 5000;
