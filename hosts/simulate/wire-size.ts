import { PREFIX_HEADER, routedBlocks } from '../../workload/prefix-header.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';

/**
 * How many bytes the parts of a call take on the wire, so that a simulated link serialises what a real one would.
 * Frame headers are 9 bytes, the gRPC prefix 5, protobuf tags and lengths the rest; text is four bytes a token.
 */

const HEADERS_BYTES = 160;
const MESSAGE_BYTES = 9 + 5 + 6;
const BYTES_PER_TOKEN = 4;

export const requestBytes = (promptTokens: number): number =>
  HEADERS_BYTES + MESSAGE_BYTES + promptTokens * BYTES_PER_TOKEN;

/** A request, with all that it says of itself. */
export const requestBytesOf = (planned: PlannedRequest): number =>
  requestBytes(planned.promptTokens) + belongingBytes(planned);

/** What it takes to say to what a request belongs, as headers and in the message: 0 for one on its own. */
const belongingBytes = (planned: PlannedRequest): number => {
  const { model, class: name, priority, tenant, session, prefix, promptTokens } = planned;
  let bytes = 0;
  if (model !== '') bytes += 2 * model.length + 'x-model'.length + FIELD_BYTES + TAG_BYTES;
  if (name !== '') bytes += name.length + 'x-request-class'.length + FIELD_BYTES;
  if (priority !== 0) bytes += 2 + 'x-priority'.length + FIELD_BYTES + TAG_BYTES;
  if (tenant !== '') bytes += tenant.length + 'x-tenant-id'.length + FIELD_BYTES;
  if (session !== '') bytes += 2 * session.length + 'x-session-id'.length + FIELD_BYTES + 2 * TAG_BYTES;
  if (prefix.length === 0) return bytes;
  for (const { key } of prefix) bytes += key.length + 3 * TAG_BYTES;
  const blocks = routedBlocks(prefix, promptTokens);
  return blocks === 0 ? bytes : bytes + Math.ceil((blocks * 8 * 4) / 3) + PREFIX_HEADER.length + FIELD_BYTES;
};

/** Around the name and the value of a header without indexing. Source: RFC 7541 6.2.2. */
const FIELD_BYTES = 4;

/** Before a short field of a message. */
const TAG_BYTES = 2;

/** A message with one token of an answer. */
export const TOKEN_BYTES = MESSAGE_BYTES + BYTES_PER_TOKEN;

/** A health check: the probe that a router sends to a node. */
export const HEALTH_CHECK_BYTES = HEADERS_BYTES + MESSAGE_BYTES;

/** The same with a load report in it. */
export const TRAILERS_BYTES = 220;

/** What asks a node for load reports out of band, and one of those: some fifteen named figures. */
export const LOAD_REQUEST_BYTES = HEADERS_BYTES + MESSAGE_BYTES + 4;
export const LOAD_MESSAGE_BYTES = 9 + 5 + 440;

/** A TCP segment without data, with its headers: what begins or ends a connection. */
export const TCP_BYTES = 60;
