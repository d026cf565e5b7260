// Hot path: where clients give a deadline, each attempt has a time of its own, which no cache can know.
import type { Ms } from '../../../core/time/clock.ts';
import { formatGrpcTimeout, LONGEST_TIMEOUT_BYTES, writeGrpcTimeout } from '../../attempt/grpc-timeout.ts';
import { copyShort, ownFields, type PassedFields } from './passed-fields.ts';

/** The fields of an attempt alone: what is left of its time, and how often others came before it; null and undefined for none. */
export const attemptFields = (leftMs: Ms | null, triedBefore: string | undefined): PassedFields => {
  if (triedBefore !== undefined) {
    const tried = { 'grpc-previous-rpc-attempts': triedBefore };
    return ownFields(leftMs === null ? tried : { [TIMEOUT]: formatGrpcTimeout(leftMs), ...tried });
  }
  if (leftMs === null) return NO_FIELDS;
  const bytes = writeGrpcTimeout(leftMs, value);
  const block = Buffer.allocUnsafe(TIMEOUT_NAME.length + 1 + bytes);
  let end = copyShort(TIMEOUT_NAME, TIMEOUT_NAME.length, block, 0);
  block[end++] = bytes; // below 127, so a byte of its own, and without Huffman's code (RFC 7541 5.2)
  copyShort(value, bytes, block, end);
  return { block, listBytes: TIMEOUT.length + bytes + 32 };
};

/** The time-out of the attempt that is looked at. */
const value = new Uint8Array(LONGEST_TIMEOUT_BYTES);

const TIMEOUT = 'grpc-timeout';

/** A literal field without its value. */
const TIMEOUT_NAME = (() => {
  const { block } = ownFields({ [TIMEOUT]: '' });
  return block.subarray(0, block.length - 1);
})();

const NO_FIELDS = ownFields({});
