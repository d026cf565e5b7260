/** From the process that orders to the one that follows, and back. */
export interface OrderSent {
  readonly id: number;
  readonly order: string;
  readonly body: unknown;
}

export interface OrderAnswered {
  readonly id: number;
  readonly answer?: unknown;
  /** Why there is no answer. */
  readonly refusal?: string;
}

/** The life of a process that follows orders, one answer each, and ends with the one that started it. */
export const followOrders = (orders: Readonly<Record<string, (body: never) => unknown>>): void => {
  process.on('SIGINT', () => {}); // it is told to end
  process.on('disconnect', () => process.exit(0));
  process.on('message', async ({ id, order, body }: OrderSent) => {
    const tell = (message: OrderAnswered): void => void (process.connected && process.send!(message));
    try {
      tell({ id, answer: await orders[order]!(body as never) });
    } catch (error) {
      tell({ id, refusal: error instanceof Error ? error.message : String(error) });
    }
  });
};
