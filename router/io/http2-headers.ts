import { type IncomingHttpHeaders, type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2';
import { isPassed } from './header-rules.ts';

/** Headers that may be sent on, and how much of the peer's limit they use. */
export interface HeaderList {
  readonly headers: OutgoingHttpHeaders;
  /** The size that SETTINGS_MAX_HEADER_LIST_SIZE limits: names and values, and 32 bytes for each. Source: RFC 9113 6.5.2. */
  readonly bytes: number;
}

/**
 * The headers of a request for a node. The method is POST, the only one of gRPC; the path and the authority are the
 * client's. `also` replaces headers of the same name.
 */
export const requestHeaders = (headers: IncomingHttpHeaders, also: Readonly<Record<string, string>>): HeaderList =>
  headerList(headers, {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': headers[':path'] ?? '/',
    ...(headers[':authority'] === undefined ? {} : { ':authority': headers[':authority'] }),
    te: 'trailers',
    ...also,
  });

/** The headers of an answer for a client. */
export const answerHeaders = (headers: IncomingHttpHeaders, also: Readonly<Record<string, string>>): HeaderList =>
  headerList(headers, { ':status': '200', ...also });

/** The trailers of an answer for a client. */
export const answerTrailers = (trailers: IncomingHttpHeaders, also: Readonly<Record<string, string>>): HeaderList =>
  headerList(trailers, also);

/**
 * The part of a peer's headers that may be sent on, after `own`. Left out are headers of one connection (RFC 9113 8.2.2,
 * RFC 9110 7.6.1), pseudo-headers, which a peer must not set, and names or values that HTTP/2 does not allow.
 * The content length is left out too: the frames carry it.
 */
const headerList = (headers: IncomingHttpHeaders, own: Readonly<Record<string, string>>): HeaderList => {
  const list: OutgoingHttpHeaders = Object.create(null); // a header may be called __proto__
  let bytes = 0;
  const add = (name: string, value: string | string[]): void => {
    list[name] = value;
    for (const one of typeof value === 'string' ? [value] : value) bytes += name.length + one.length + 32;
  };
  for (const name in own) add(name, own[name]!);
  const { connection } = headers;
  const named = connection === undefined ? NONE : connection.toLowerCase().split(/[ \t]*,[ \t]*/);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || Object.hasOwn(own, name) || named.includes(name)) continue;
    if ([value].flat().every((one) => isPassed(name, one))) add(name, value);
  }
  const secret = (headers as { readonly [sensitiveHeaders]?: string[] })[sensitiveHeaders];
  if (secret !== undefined && secret.length > 0) list[sensitiveHeaders as unknown as string] = secret;
  return { headers: list, bytes };
};

const NONE: readonly string[] = [];
