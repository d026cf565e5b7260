/**
 * Why an attempt began. `first`: the request came. `retry`: the one before failed. `transparent`: the one before never reached a server, so it
 * does not count. `hedge`: the one before takes long, and goes on. `time-out`: the one before took too long, and was given up. `moved`:
 * its endpoint became unhealthy.
 */
export type AttemptCause = 'first' | 'retry' | 'transparent' | 'hedge' | 'time-out' | 'moved';

/** Those of attempts beyond the first. */
export type ExtraCause = Exclude<AttemptCause, 'first'>;
