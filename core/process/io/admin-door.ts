import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ConfigError } from '../../config/config-error.ts';

/**
 * What an operator may order of a part while it runs, by name: `policy` is `POST /admin/policy` with a JSON body, or with none. What an
 * order returns, or resolves to, is the answer, as JSON. One that throws a `ConfigError` is answered 400 with its line.
 */
export type Orders = Readonly<Record<string, (body: unknown) => unknown>>;

export interface AdminAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Answers a request to `/admin/NAME`: 401 without `Authorization: Bearer TOKEN`, 405 for anything but POST, 404 for an unknown
 * order, 400 for a body that is no JSON, 413 for one above 4 MiB: a scenario with its policies. No token: nobody may order anything.
 */
export const answerOrder = async (
  request: IncomingMessage,
  orders: Orders,
  token: string | null,
): Promise<AdminAnswer> => {
  if (token === null || !isEqual(request.headers.authorization ?? '', `Bearer ${token}`)) {
    return line(401, 'expected the header Authorization: Bearer TOKEN');
  }
  if (request.method !== 'POST') return line(405, 'expected POST');
  const name = (request.url ?? '').slice(ADMIN.length);
  if (!Object.hasOwn(orders, name)) {
    return line(
      404,
      `expected one of ${Object.keys(orders)
        .map((order) => ADMIN + order)
        .join(', ')}`,
    );
  }
  const text = await bodyOf(request);
  if (text === null) return line(413, `expected at most ${MAX_BYTES} bytes`);
  try {
    return {
      status: 200,
      type: 'application/json',
      body: `${JSON.stringify((await orders[name]!(text === '' ? null : JSON.parse(text))) ?? {})}\n`,
    };
  } catch (error) {
    if (error instanceof ConfigError) return line(400, error.message);
    if (error instanceof SyntaxError) return line(400, `expected JSON: ${error.message}`);
    throw error;
  }
};

export const ADMIN = '/admin/';

const MAX_BYTES = 4 << 20;

const bodyOf = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Takes as long for a wrong token as for a right one. */
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const line = (status: number, text: string): AdminAnswer => ({ status, type: 'text/plain', body: `${text}\n` });
