import type { Ms } from '../../core/time/clock.ts';
import type { RejectReason } from '../filter/filter.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Ending } from './ending.ts';
import { grpcStatus } from './grpc-status.ts';
import type { Status } from './wire.ts';

/** What a client hears of an attempt that was its last. */
export const statusOfEnding = ({ code, message, isSaidByNode }: Ending): Status => {
  if (code === grpcStatus.ok && isSaidByNode && message === undefined) return OK;
  const by = isSaidByNode ? 'node' : 'router';
  return message === undefined ? { code, by } : { code, by, message };
};

/** How most requests end. */
const OK: Status = Object.freeze({ code: grpcStatus.ok, by: 'node' });

export const ALL_FULL = 'every endpoint has as many requests as it may have';

/** What a client hears that the router refused. */
export const statusOfRejection = (
  reason: Exclude<RejectReason, 'overloaded'>,
  { model }: RequestInfo,
  brokenForMs: Ms,
): Status => {
  const by = 'router';
  switch (reason) {
    case 'no-model': // what HTTP servers of models say, too: 404
      return { code: grpcStatus.notFound, message: `no endpoint serves the model ${inQuotes(model)}`, by };
    case 'broken':
      return { code: grpcStatus.unavailable, message: 'every endpoint keeps failing', pushbackMs: brokenForMs, by };
    case 'no-endpoint':
      return { code: grpcStatus.unavailable, message: 'no endpoint can take the request', by };
  }
};

/** What a client sent, in a line of bounded length. */
const inQuotes = (text: string): string => JSON.stringify(text.length <= 100 ? text : `${text.slice(0, 100)}...`);
