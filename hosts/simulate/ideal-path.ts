import type { LinkEmulator } from '../../netem/links/model/link-emulator.ts';
import type { ConnectedPath } from './crossing.ts';
import { TCP_BYTES } from './wire-size.ts';

/** A path over which messages pass without windows: see `LinkEmulator`. A new connection takes a round trip. */
export const idealPath = (forward: LinkEmulator, back: LinkEmulator): ConnectedPath => ({
  connection: { forward, back }, // a new one differs in nothing
  connect: (done) => forward.send(TCP_BYTES, () => back.send(TCP_BYTES, () => done())),
  renew: () => {}, // it never sends more seldom
});
