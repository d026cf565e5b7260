import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { NullServer } from '../../../services/client/io/null-server.ts';
import { followOrders } from '../../peers/io/on-orders.ts';

/** A server that computes nothing and sends a message each so often. */
let server: NullServer | null = null;

followOrders({
  listen: async ({ everyMs }: { readonly everyMs: number }): Promise<number> => {
    const clock = new SystemClock({ startUnixMs: Date.now() });
    server?.close();
    server = await NullServer.listen({ clock, firstMs: everyMs, everyMs, messages: 'bound' });
    return server.port;
  },
});
