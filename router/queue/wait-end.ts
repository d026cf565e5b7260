/**
 * How a request's wait for a place ended. `placed`: it went to an endpoint, or there is none any more that it could wait for. `full`: the
 * queue had no room, or needed it for another. `timeout`: it waited as long as it may. `gone`: nobody waits for its answer.
 */
export type WaitEnd = 'placed' | 'full' | 'timeout' | 'gone';
