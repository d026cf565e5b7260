import type { Rng } from '../../core/random/rng.ts';
import { encodeFields, type HeaderField } from '../../router/http2/hpack/hpack-encoder.ts';

/** The block of a request of gRPC to a method. */
export const requestBlock = (path: string, more: readonly HeaderField[] = []): Buffer =>
  encodeFields([
    { name: ':method', value: 'POST' },
    { name: ':scheme', value: 'http' },
    { name: ':path', value: path },
    { name: ':authority', value: 'localhost' },
    { name: 'te', value: 'trailers' },
    { name: 'content-type', value: 'application/grpc' },
    ...more,
  ]);

/** Fields whose values no other request has: a time-out, the context of a trace (W3C Trace Context 3.2), and a name of the request. */
export const otherFields = (rng: Rng): readonly HeaderField[] => {
  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits)
      text += Math.floor(rng.next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  };
  return [
    { name: 'grpc-timeout', value: `${10_000_000 + Math.floor(rng.next() * 9_000_000)}u` },
    { name: 'traceparent', value: `00-${hex(32)}-${hex(16)}-01` },
    { name: 'x-request-id', value: hex(32) },
  ];
};
