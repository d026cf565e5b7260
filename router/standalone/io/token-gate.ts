import { createHash, timingSafeEqual } from 'node:crypto';
import type { Gate } from '../../io/data-path.ts';
import type { HeaderView } from '../../io/header-view.ts';

/** Lets in whose `authorization: Bearer TOKEN` has a known token. All are compared, in a time that no token changes. */
export class TokenGate implements Gate {
  readonly #digests: readonly Uint8Array[];

  /** `digests`: SHA-256 of each token. */
  constructor(digests: readonly Uint8Array[]) {
    this.#digests = digests;
  }

  admits(headers: HeaderView): boolean {
    const token = /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1];
    if (token === undefined) return false;
    const digest = createHash('sha256').update(token).digest();
    let isKnown = false;
    for (const known of this.#digests) isKnown = timingSafeEqual(digest, known) || isKnown;
    return isKnown;
  }
}
