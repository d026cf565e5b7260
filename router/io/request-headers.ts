import type { IncomingHttpHeaders } from 'node:http2';
import type { RequestInfo } from '../request-info.ts';

/** What the headers of a request tell a policy; `fallbackId` stands for a missing `x-request-id`. Missing counts are 0. */
export const requestInfoOf = (headers: IncomingHttpHeaders, fallbackId: number): RequestInfo => ({
  id: countIn(headers['x-request-id']) ?? fallbackId,
  promptTokens: countIn(headers['x-prompt-tokens']) ?? 0,
  maxOutputTokens: countIn(headers['x-max-output-tokens']) ?? 0,
  session: oneOf(headers['x-session-id']) ?? '',
});

export const isGrpc = (headers: IncomingHttpHeaders): boolean => {
  const type = headers['content-type'];
  return type !== undefined && /^application\/grpc(?:[+;]|$)/.test(type);
};

/** A whole number from 0, or null. */
export const countIn = (header: string | string[] | undefined): number | null => {
  const text = oneOf(header);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
};

/** The first of a header that may repeat. */
export const oneOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
