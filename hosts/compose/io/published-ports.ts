import { ConfigError } from '../../../core/config/config-error.ts';
import { isPortFree } from '../../../core/net/io/port-free.ts';
import { GRPC_PORT } from '../../../scenario/deployment/ports.ts';

/**
 * Ports of 127.0.0.1 where `routers` routers can be published: from `asked` on, by default from that of gRPC; 0, which lets the engine choose,
 * where that was asked for, and where a default is taken. @throws ConfigError where the user asked for ports of which one is taken.
 */
export const publishedPorts = (asked: number | undefined, routers: number): Promise<readonly number[]> =>
  Promise.all(
    Array.from({ length: routers }, async (_, index) => {
      const port = asked === 0 ? 0 : (asked ?? GRPC_PORT) + index;
      if (port <= LAST_PORT && (port === 0 || (await isPortFree('127.0.0.1', port)))) return port;
      if (asked === undefined) return 0;
      const given =
        index === 0 ? `is ${asked}` : `is ${asked} for the first of ${routers} routers and ${port} for another`;
      const why = port > LAST_PORT ? 'which is no port' : 'where another program listens on 127.0.0.1';
      throw new ConfigError('--port', `${given}, ${why}; 0 takes a free one`);
    }),
  );

const LAST_PORT = 65_535;
