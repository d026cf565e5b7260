import type { FieldList } from './field-list.ts';
import { type BlockKind, contentLengthOf, faultOfFields } from './message-rules.ts';

/** A block that was decoded and judged before. */
export interface KnownBlock {
  readonly fields: FieldList;
  /** How long a body must be; -1 where nothing says so. */
  readonly contentLength: number;
  /** What it may be, without a rule broken. */
  readonly isRequest: boolean;
  readonly isResponse: boolean;
  readonly isTrailers: boolean;
  readonly isInterim: boolean;
}

/** Judges a list of fields by the rules of messages. The list is not copied. */
export const judged = (fields: FieldList): KnownBlock => {
  const length = contentLengthOf(fields);
  const mayBe = (kind: BlockKind): boolean => length !== null && faultOfFields(kind, fields) === null;
  // A list with :status is no request, and one with :method no response: each is judged once.
  const status = fields.value(':status');
  const isResponse = status !== undefined && mayBe('response');
  return {
    fields,
    contentLength: length ?? -1,
    isResponse,
    isRequest: status === undefined && fields.value(':method') !== undefined && mayBe('request'),
    isTrailers: !fields.hasPseudo && mayBe('trailers'),
    isInterim: isResponse && status.startsWith('1'),
  };
};

/** About what a kept list takes beside its block: two bytes a character, and its arrays. */
export const keptBytes = (fields: FieldList): number => {
  let bytes = 200;
  for (let at = 0; at < fields.length; at++) bytes += 2 * (fields.names[at]!.length + fields.lengthAt(at)) + 40;
  return bytes;
};
