import type { Ms } from '../core/time/clock.ts';

// When a host asks the endpoints that a policy wants probed: one rhythm on every host.

/** How often it looks what the policy wants, besides after each request. */
export const PROBE_LOOK_EVERY_MS: Ms = 100;

/** A path may be out for some seconds while satellites hand over; what comes later says little of now. */
export const PROBE_TIMEOUT_MS: Ms = 5000;
