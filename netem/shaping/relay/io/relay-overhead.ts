import { type AddressInfo, connect, createServer } from 'node:net';
import type { RngSource } from '../../../../core/random/rng.ts';
import type { Clock, Ms } from '../../../../core/time/clock.ts';
import type { LinkModel } from '../../../links/model/link-model.ts';
import { Relay } from './relay.ts';

/** The first rounds run code that is not compiled yet: they do not count. */
const WARM_UP_ROUNDS = 60;
const ROUNDS = 60;
const DELAY_MS = 1;

/**
 * The delay that a relay adds to the one it plays on this machine, one way, in milliseconds: two wake-ups of a process, and a
 * timer. Measured on a separate relay over the loopback. It is the lowest decile, so that busy moments do not count, and the
 * correction never makes a path faster than planned.
 */
export const measureRelayOverheadMs = async (clock: Clock, rng: RngSource): Promise<Ms> => {
  const echo = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const relay = await Relay.listen({
    name: 'overhead',
    forward: STEADY,
    back: STEADY,
    clock,
    rng,
    listenPort: 0,
    targetPort: (echo.address() as AddressInfo).port,
    overheadMs: 0,
  });
  const socket = connect({ port: relay.port, host: '127.0.0.1', noDelay: true });
  const extraMs: Ms[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const sentMs = clock.now();
    socket.write('ping');
    await new Promise((resolve) => socket.once('data', resolve));
    if (round >= WARM_UP_ROUNDS) extraMs.push((clock.now() - sentMs) / 2 - DELAY_MS);
  }
  socket.destroy();
  await relay.close();
  await new Promise((resolve) => echo.close(resolve));
  return Math.max(0, extraMs.sort((a, b) => a - b)[Math.floor(ROUNDS / 10)]!);
};

const STEADY: LinkModel = {
  stateAt: () => ({ up: true, delayUs: DELAY_MS * 1000, jitterUs: 0, lossRate: 0, rateKbps: 0 }),
  nextChangeAfter: () => null,
};
