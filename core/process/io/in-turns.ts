/**
 * Passes each item to `take`, and lets the event loop run one turn every 20 ms: signals and timers get through work that takes
 * seconds.
 */
export const inTurns = async <Item>(items: Iterable<Item>, take: (item: Item) => void): Promise<void> => {
  let count = 0;
  let turnedAtMs = performance.now();
  for (const item of items) {
    take(item);
    if (++count % ITEMS_A_LOOK !== 0 || performance.now() - turnedAtMs < TURN_MS) continue;
    await new Promise(setImmediate);
    turnedAtMs = performance.now();
  }
};

const TURN_MS = 20;

/** How many items are taken between two readings of the clock. */
const ITEMS_A_LOOK = 256;
