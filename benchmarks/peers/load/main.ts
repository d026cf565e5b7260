import { LoadClient } from '../io/load-client.ts';
import { checkedCalls, measureClosed, measureOpen } from '../io/measured-calls.ts';
import { holdStreams, measureStreams } from '../io/measured-streams.ts';
import { followOrders } from '../io/on-orders.ts';
import type { ClosedOrder, ConnectOrder, OpenOrder, StreamsOrder } from '../load-order.ts';

/** The own client of the benchmark, a process that does one measurement at a time. */
const client = new LoadClient();

followOrders({
  connect: async (order: ConnectOrder): Promise<null> => {
    await client.connect(order);
    return null;
  },
  check: (order: { readonly calls: number; readonly messageBytes: number }) => checkedCalls(client, order),
  closed: (order: ClosedOrder) => measureClosed(client, order),
  open: (order: OpenOrder) => measureOpen(client, order),
  streams: (order: StreamsOrder) => measureStreams(client, order),
  hold: (order: { readonly streams: number }) => holdStreams(client, order.streams),
  close: (): null => {
    client.close();
    return null;
  },
});
