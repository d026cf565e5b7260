// Hot path: where clients give a deadline, each attempt has a time of its own, which no cache can know.
import type { Ms } from '../../../core/time/clock.ts';
import { formatGrpcTimeout } from '../../attempt/grpc-timeout.ts';
import { ownFields, type PassedFields } from './passed-fields.ts';

/** The fields of an attempt alone: what is left of its time, and how often others came before it; null and undefined for none. */
export const attemptFields = (leftMs: Ms | null, triedBefore: string | undefined): PassedFields => {
  if (triedBefore !== undefined) {
    const tried = { 'grpc-previous-rpc-attempts': triedBefore };
    return ownFields(leftMs === null ? tried : { [TIMEOUT]: formatGrpcTimeout(leftMs), ...tried });
  }
  if (leftMs === null) return NO_FIELDS;
  const text = formatGrpcTimeout(leftMs);
  const block = Buffer.allocUnsafe(TIMEOUT_NAME.length + 1 + text.length);
  let end = TIMEOUT_NAME.copy(block);
  block[end++] = text.length; // below 127, so a byte of its own, and without Huffman's code (RFC 7541 5.2)
  for (let at = 0; at < text.length; at++) block[end++] = text.charCodeAt(at);
  return { block, listBytes: TIMEOUT.length + text.length + 32 };
};

const TIMEOUT = 'grpc-timeout';

/** A literal field without its value. */
const TIMEOUT_NAME = (() => {
  const { block } = ownFields({ [TIMEOUT]: '' });
  return block.subarray(0, block.length - 1);
})();

const NO_FIELDS = ownFields({});
