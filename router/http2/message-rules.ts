import type { FieldList } from './field-list.ts';

/** Which fields a block has: those of a request, of a response (interim ones too), or the trailers of either. */
export type BlockKind = 'request' | 'response' | 'trailers';

/** Why the fields of a block make a malformed message (RFC 9113 8.1.1); null for nothing. */
export const faultOfFields = (kind: BlockKind, fields: FieldList): string | null => {
  let isPastPseudo = false;
  let pseudo = 0;
  let isConnect = false;
  for (let at = 0; at < fields.length; at++) {
    const name = fields.names[at]!;
    const value = fields.valueAt(at);
    const isPlain = fields.plain[at] === true;
    if (!isPlain && FORBIDDEN_IN_VALUE.test(value)) return 'a value with a character that none may have';
    if (name.charCodeAt(0) === COLON) {
      const bit = PSEUDO[kind][name];
      if (bit === undefined) return 'a pseudo-header field that this message may not have';
      if (isPastPseudo) return 'a pseudo-header field after a regular one';
      if ((pseudo & bit) !== 0) return 'a pseudo-header field twice';
      pseudo |= bit;
      if (name === ':path' && value === '') return 'an empty :path';
      if (name === ':status' && !STATUS.test(value)) return 'a :status that is no final or interim status of HTTP/2';
      if (name === ':method' && value === 'CONNECT') isConnect = true;
      continue;
    }
    isPastPseudo = true;
    const fault = faultOfRegular(name, value, isPlain);
    if (fault !== null) return fault;
  }
  if (kind === 'trailers') return null;
  if (kind === 'response') return pseudo === PSEUDO.response[':status'] ? null : 'a response without :status';
  const needed = isConnect ? CONNECT_NEEDS : REQUEST_NEEDS;
  const isWhole = isConnect ? pseudo === needed : (pseudo & needed) === needed;
  return isWhole ? null : 'a request without the pseudo-header fields that it must have';
};

const faultOfRegular = (name: string, value: string, isPlain: boolean): string | null => {
  if (!isPlain && !NAME.test(name)) return 'a field name with a character that none may have';
  if (OF_THE_CONNECTION.has(name)) return `a field of HTTP/1.1 connections: ${name}`;
  if (name === 'te' && value !== 'trailers') return 'a TE that is not trailers';
  return null;
};

/** How long a body must be by its content-length; -1 where nothing says so, and null where that is malformed. */
export const contentLengthOf = (fields: FieldList): number | null => {
  let length = -1;
  for (let at = 0; at < fields.length; at++) {
    if (fields.names[at] !== 'content-length') continue;
    const value = fields.valueAt(at);
    if (!DIGITS.test(value) || (length >= 0 && Number(value) !== length)) return null;
    length = Number(value);
  }
  return length;
};

/** Whether the value of a field decides about a rule, be its characters as they may. */
export const isJudgedByValue = (name: string): boolean =>
  name.charCodeAt(0) === COLON || name === 'te' || name === 'content-length';

const COLON = 0x3a;

/** RFC 9113 8.2.1: visible ASCII, no upper case, no colon. */
const NAME = /^[!-9;-@[-~]+$/;

/** RFC 9113 8.2.1: no zero, no line end, no white space at either end. */
const FORBIDDEN_IN_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;

/** RFC 9113 8.6: there is no 101. One above 599 is taken as an error of the server (RFC 9110 15). */
const STATUS = /^(?!101)[1-9]\d\d$/;
const DIGITS = /^\d{1,15}$/;

/** RFC 9113 8.2.2. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9113 8.3.1 and 8.3.2, a bit each. */
const PSEUDO: Readonly<Record<BlockKind, Readonly<Record<string, number>>>> = {
  request: { ':method': 1, ':scheme': 2, ':path': 4, ':authority': 8 },
  response: { ':status': 16 },
  trailers: {},
};
const REQUEST_NEEDS = 1 | 2 | 4;
const CONNECT_NEEDS = 1 | 8;
