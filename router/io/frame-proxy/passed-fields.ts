// Hot path: a list that came before is found by itself; the block of another is copied as it came, where all of it may be sent on.

import type { FieldList } from '../../http2/field-list.ts';
import { encodeField, fieldBytesAtMost } from '../../http2/hpack/hpack-encoder.ts';
import { isPassed } from '../header-rules.ts';
import { SERVED_BY } from '../served-by.ts';

/** Fields that may be sent on, encoded without a table. */
export interface PassedFields {
  readonly block: Buffer;
  /** The size that SETTINGS_MAX_HEADER_LIST_SIZE limits. Source: RFC 9113 6.5.2. */
  readonly listBytes: number;
}

/**
 * The fields of a request for a node, but for those that each attempt has of its own. The method is POST, the only one of gRPC; it and
 * the scheme come first. `isGated`: the client's token was for the router.
 */
export const passedRequest = (fields: FieldList, isGated: boolean): PassedFields =>
  copiedRequest(fields, isGated ? OF_AN_ATTEMPT_OR_THE_GATE : OF_AN_ATTEMPT) ??
  (isGated ? known(gatedRequests, fields, writeGatedRequest) : known(requests, fields, writeRequest));

/** The fields of an answer for a client, but for those that tell who served it. */
export const passedAnswer = (fields: FieldList): PassedFields =>
  asItCame(fields, OF_AN_ANSWER) ?? known(answers, fields, writeAnswer);

/** The trailers of an answer for a client. */
export const passedTrailers = (fields: FieldList): PassedFields =>
  asItCame(fields, NONE) ?? known(trailers, fields, writeTrailers);

/** Fields of the router's own. */
export const ownFields = (fields: Readonly<Record<string, string>>): PassedFields =>
  written((add) => {
    for (const name in fields) add(name, fields[name]!, false);
  });

/** Two lists in one. */
export const joined = (a: PassedFields, b: PassedFields): PassedFields => ({
  block: Buffer.concat([a.block, b.block]),
  listBytes: a.listBytes + b.listBytes,
});

type Add = (name: string, value: string, isSensitive: boolean) => void;

const writeGatedRequest = (fields: FieldList, add: Add): void => writeRequest(fields, add, OF_AN_ATTEMPT_OR_THE_GATE);

const writeRequest = (fields: FieldList, add: Add, left = OF_AN_ATTEMPT): void => {
  // A request needs one (RFC 9113 8.3.1), and servers on nghttp2 insist.
  const authority = fields.value(':authority') ?? fields.value('host') ?? NOWHERE;
  add(':method', 'POST', false);
  add(':scheme', 'http', false);
  add(':path', fields.value(':path') ?? '/', false);
  add(':authority', authority, false);
  add('te', 'trailers', false);
  addOthers(fields, left, add);
};

const writeAnswer = (fields: FieldList, add: Add): void => {
  add(':status', '200', false);
  addOthers(fields, OF_AN_ANSWER, add);
};

const writeTrailers = (fields: FieldList, add: Add): void => addOthers(fields, NONE, add);

const addOthers = (fields: FieldList, left: ReadonlySet<string>, add: Add): void => {
  for (let at = 0; at < fields.length; at++) {
    const name = fields.names[at]!;
    const value = fields.valueAt(at);
    if (!left.has(name) && isPassed(name, value, fields.plain[at])) add(name, value, fields.sensitive[at]!);
  }
};

/** A request whose fields are copied as they came; null where that cannot be. */
const copiedRequest = (fields: FieldList, left: ReadonlySet<string>): PassedFields | null => {
  const from = fields.block;
  if (from === null) return null;
  const runs = fields.isOfOneShape ? knownRuns(fields, left) : runsOf(fields, left);
  if (runs === null) return null;
  const block = Buffer.allocUnsafe(BEGIN.length + fields.blockTo - fields.blockFrom + TE.length);
  let end = copyShort(BEGIN, BEGIN.length, block, 0);
  let { listBytes } = runs;
  const { bounds } = runs;
  for (let index = 0; index < bounds.length; index += 2) {
    const first = bounds[index]!;
    if (first === OWN_TE) end = copyShort(TE, TE.length, block, end);
    else end += from.copy(block, end, fields.beginOf(first), fields.ends[bounds[index + 1]!]);
  }
  for (const at of runs.passed) listBytes += fields.lengthAt(at);
  return { block: block.subarray(0, end), listBytes };
};

/** Which fields of a request are copied, in which order. */
interface Runs {
  /** The first and the last field of each run of neighbours; `OWN_TE` twice for the one that the request does not have. */
  readonly bounds: readonly number[];
  /** All of them, and the size of the list without their values. */
  readonly passed: readonly number[];
  readonly listBytes: number;
}

/** The path and the authority come before others (RFC 9113 8.3), and TE behind them. Null for a request without either of the two. */
const runsOf = (fields: FieldList, left: ReadonlySet<string>): Runs | null => {
  const path = fields.at(':path');
  const authority = fields.at(':authority');
  if (path < 0 || authority < 0) return null;
  const te = fields.at('te');
  const hasTe = te >= 0 && fields.valueAt(te) === 'trailers';
  const passed = hasTe ? [path, authority, te] : [path, authority];
  const bounds: number[] = [];
  for (const at of passed) addTo(bounds, at);
  if (!hasTe) bounds.push(OWN_TE, OWN_TE);
  for (let at = 0; at < fields.length; at++) {
    const name = fields.names[at]!;
    const isPlain = fields.plain[at];
    // The characters of a plain value are not looked at: it need not be decoded.
    if (left.has(name) || !isPassed(name, isPlain ? '' : fields.valueAt(at), isPlain)) continue;
    addTo(bounds, at);
    passed.push(at);
  }
  let listBytes = hasTe ? BEGIN_BYTES : BEGIN_BYTES + TE_BYTES;
  for (const at of passed) listBytes += fields.names[at]!.length + 32;
  return { bounds, passed, listBytes };
};

/** Adds a field, to the last run where it is the next one. */
const addTo = (bounds: number[], at: number): void => {
  if (bounds.at(-1) === at - 1) bounds[bounds.length - 1] = at;
  else bounds.push(at, at);
};

const knownRuns = (fields: FieldList, left: ReadonlySet<string>): Runs | null => {
  const runs = left === OF_AN_ATTEMPT ? runsOfShapes : gatedRunsOfShapes;
  let known = runs.get(fields);
  if (known === undefined) {
    known = runsOf(fields, left);
    runs.set(fields, known);
  }
  return known;
};

const runsOfShapes = new WeakMap<FieldList, Runs | null>();
const gatedRunsOfShapes = new WeakMap<FieldList, Runs | null>();

/** In place of a field. */
const OWN_TE = -2;

/** Copies the first `count` bytes: for a few of them a loop is faster than `Buffer.copy`. Returns where they end. */
export const copyShort = (bytes: Uint8Array, count: number, into: Buffer, at: number): number => {
  for (let index = 0; index < count; index++) into[at + index] = bytes[index]!;
  return at + count;
};

/** What SETTINGS_MAX_HEADER_LIST_SIZE counts for a field. */
const sizeAt = (fields: FieldList, at: number): number => fields.names[at]!.length + fields.lengthAt(at) + 32;

/** The block of a list, where it may be sent on as it is; else null. Its status, if it has one, is 200. */
const asItCame = (fields: FieldList, left: ReadonlySet<string>): PassedFields | null => {
  if (fields.block === null) return null;
  let listBytes = 0;
  for (let at = 0; at < fields.length; at++) {
    const name = fields.names[at]!;
    const isPlain = fields.plain[at];
    const isOk =
      name === ':status'
        ? fields.valueAt(at) === '200'
        : !left.has(name) && isPassed(name, isPlain ? '' : fields.valueAt(at), isPlain);
    if (!isOk) return null;
    listBytes += sizeAt(fields, at);
  }
  return { block: Buffer.from(fields.block.subarray(fields.blockFrom, fields.blockTo)), listBytes };
};

const known = (
  lists: WeakMap<FieldList, PassedFields>,
  fields: FieldList,
  write: (fields: FieldList, add: Add) => void,
): PassedFields => {
  const before = fields.isLasting ? lists.get(fields) : undefined;
  if (before !== undefined) return before;
  const passed = written((add) => write(fields, add));
  if (fields.isLasting) lists.set(fields, passed);
  return passed;
};

const written = (write: (add: Add) => void): PassedFields => {
  let block = Buffer.allocUnsafe(USUAL_BYTES);
  let end = 0;
  let listBytes = 0;
  write((name, value, isSensitive) => {
    const most = end + fieldBytesAtMost(name, value);
    if (most > block.length) {
      const larger = Buffer.allocUnsafe(2 * most);
      block.copy(larger, 0, 0, end);
      block = larger;
    }
    end = encodeField(name, value, isSensitive, block, end);
    listBytes += name.length + value.length + 32;
  });
  return { block: block.subarray(0, end), listBytes };
};

/** The authority of a request whose client gave none. */
export const NOWHERE = 'localhost';

const USUAL_BYTES = 512;

/** What each request begins with, and where it goes on behind its path and authority. */
const { block: BEGIN, listBytes: BEGIN_BYTES } = ownFields({ ':method': 'POST', ':scheme': 'http' });
const { block: TE, listBytes: TE_BYTES } = ownFields({ te: 'trailers' });

const requests = new WeakMap<FieldList, PassedFields>();
const gatedRequests = new WeakMap<FieldList, PassedFields>();
const answers = new WeakMap<FieldList, PassedFields>();
const trailers = new WeakMap<FieldList, PassedFields>();

const NONE: ReadonlySet<string> = new Set();
const OF_AN_ATTEMPT: ReadonlySet<string> = new Set(['grpc-timeout', 'grpc-previous-rpc-attempts']);
const OF_AN_ATTEMPT_OR_THE_GATE: ReadonlySet<string> = new Set([...OF_AN_ATTEMPT, 'authorization']);
const OF_AN_ANSWER: ReadonlySet<string> = new Set(SERVED_BY);
