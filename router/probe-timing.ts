import type { Ms } from '../core/time/clock.ts';

// When a host sends the probes that a policy wants: the same rhythm on every host.

/** How often it asks the policy, besides after each request. */
export const PROBE_LOOK_EVERY_MS: Ms = 100;

/** A path may be down for some seconds during a hand-over; a later answer says little about now. */
export const PROBE_TIMEOUT_MS: Ms = 5000;
