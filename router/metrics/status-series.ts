import { statusName } from '../attempt/grpc-status.ts';
import { labelsOf } from './labels.ts';

/** How many series a set of labels has with its status: gRPC's codes 0 to 16, and one for any other. */
export const STATUSES = 18;

/** The series of those labels with each status, in the order of the codes. */
export const withStatuses = (labels: string): readonly string[] =>
  Array.from(
    { length: STATUSES },
    (_, code) => `${labels},${labelsOf({ grpc_status: code < STATUSES - 1 ? statusName(code) : 'other' })}`,
  );

/** Which of them a code has. */
export const statusSeries = (code: number): number => (code >= 0 && code < STATUSES - 1 ? code : STATUSES - 1);
