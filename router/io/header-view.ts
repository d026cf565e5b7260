import type { IncomingHttpHeaders } from 'node:http2';

/** The headers of a request or an answer, as far as the router reads them: a data path that keeps bytes need not build objects. */
export interface HeaderView {
  /** The value of a header, by its lower-case name; the first value where it repeats. */
  get(name: string): string | undefined;
}

export const headerViewOf = (headers: IncomingHttpHeaders): HeaderView => ({
  get: (name) => {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? undefined : String(first); // node:http2 has `:status` as a number
  },
});
