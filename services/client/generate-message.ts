import { create, toBinary } from '@bufbuild/protobuf';
import { GenerateRequestSchema, Inference } from '../../proto/gen/starlane/inference/v1/inference_pb.js';
import { PREFIX_HEADER, prefixHeaderBytes, routedHashes } from '../../workload/prefix-header.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import { textOf } from '../node/engine/text.ts';
import type { OutgoingCall } from './load-transport.ts';
import { varintField } from './varint-field.ts';

/** Where a `Generate` call goes. */
export const GENERATE_PATH = `/${Inference.typeName}/${Inference.method.generate.name}`;

/** What a `Generate` call of a planned request carries: all that a router may know of it as headers, and the message for the node. */
export const generateMessage = (planned: PlannedRequest): Pick<OutgoingCall, 'fields' | 'message'> => {
  const { id, promptTokens, maxOutputTokens, outputTokens, model, session, turn, priority } = planned;
  const prefix = planned.prefix.map(({ key, tokens }) => ({ key, tokens }));
  const request = create(GenerateRequestSchema, {
    ...{ prompt: textOf(id, 0, promptTokens), promptTokens, maxOutputTokens, outputTokens },
    ...{ model, session, turn, priority, prefix },
  });
  return { fields: fieldsOf(planned), message: toBinary(GenerateRequestSchema, request) };
};

const fieldsOf = (planned: PlannedRequest): OutgoingCall['fields'] => {
  const fields: [string, string][] = [
    [REQUEST_ID, String(planned.id)],
    ['x-prompt-tokens', String(planned.promptTokens)],
    ['x-max-output-tokens', String(planned.maxOutputTokens)],
  ];
  if (planned.model !== '') fields.push(['x-model', planned.model]);
  if (planned.class !== '') fields.push(['x-request-class', planned.class]);
  if (planned.priority !== 0) fields.push(['x-priority', String(planned.priority)]);
  if (planned.tenant !== '') fields.push(['x-tenant-id', planned.tenant]);
  if (planned.session !== '') fields.push(['x-session-id', planned.session]);
  const hashes = routedHashes(planned.prefix, planned.promptTokens);
  if (hashes.length > 0) fields.push([PREFIX_HEADER, prefixHeaderBytes(hashes).toString('base64')]);
  return fields;
};

/** The same headers under another number of the request. */
export const numbered = (fields: OutgoingCall['fields'], request: number): OutgoingCall['fields'] =>
  fields.map(([name, value]) => [name, name === REQUEST_ID ? String(request) : value]);

/** By which routers and nodes log a request. */
const REQUEST_ID = 'x-request-id';

/** How many tokens a GenerateResponse has; -1 where the bytes are none. */
export const tokensIn = (bytes: Uint8Array, from: number, to: number): number =>
  varintField(bytes, from, to, RESPONSE_TOKENS);

/** Source: proto/starlane/inference/v1/inference.proto. */
const RESPONSE_TOKENS = 2;
