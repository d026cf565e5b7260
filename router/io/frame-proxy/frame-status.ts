import type { Status } from '../../attempt/wire.ts';
import type { FieldList } from '../../http2/field-list.ts';
import { statusHeaders } from '../header-rules.ts';
import { TRAILERS_TOO_LARGE } from '../http2-limits.ts';
import { joined, ownFields, type PassedFields, passedAnswer, passedTrailers } from './passed-fields.ts';

/** The trailers that tell a client how its request ended: those of the node, `said`, where it is the node's status and they fit. */
export const closingBlock = (status: Status, said: FieldList | null, mostBytes: number): Buffer => {
  if (status.by === 'router' || said === null) return ownFields(statusHeaders(status)).block;
  const { block, listBytes } = withCode(passedTrailers(said), status, said);
  return listBytes <= mostBytes ? block : ownFields(statusHeaders(TRAILERS_TOO_LARGE)).block;
};

/** An answer that is nothing but a status: `said` by the node, in fields which are its trailers too, or the router's own. */
export const wholeBlock = (
  status: Omit<Status, 'by'>,
  said: FieldList | null,
  servedBy: PassedFields | null,
  mostBytes: number,
): Buffer => {
  const whole = said && withServed(withCode(passedAnswer(said), status, said), servedBy);
  if (whole !== null && whole.listBytes <= mostBytes) return whole.block;
  const own = statusHeaders(whole === null ? status : TRAILERS_TOO_LARGE);
  return withServed(ownFields({ ':status': '200', 'content-type': 'application/grpc', ...own }), servedBy).block;
};

/** The status, where a node left it out. */
const withCode = (passed: PassedFields, { code }: Pick<Status, 'code'>, said: FieldList): PassedFields =>
  said.value('grpc-status') === undefined ? joined(passed, ownFields({ 'grpc-status': `${code}` })) : passed;

const withServed = (passed: PassedFields, servedBy: PassedFields | null): PassedFields =>
  servedBy === null ? passed : joined(passed, servedBy);
